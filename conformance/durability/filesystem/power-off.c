// Cuts a mounted file system off as a power failure does: what it had in memory and not yet on its device is lost (FS_IOC_SHUTDOWN of
// ext4, XFS, Btrfs and F2FS, without flushing the log). Until it is mounted anew every access fails.
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#define SHUTDOWN _IOR('X', 125, uint32_t)

int main(int argc, char **argv) {
  for (int i = 1; i < argc; i++) {
    uint32_t without_flush = 2;
    int directory = open(argv[i], O_RDONLY | O_DIRECTORY);
    if (directory < 0 || ioctl(directory, SHUTDOWN, &without_flush) != 0) {
      fprintf(stderr, "%s: %s\n", argv[i], strerror(errno));
      return 1;
    }
  }
  return 0;
}
