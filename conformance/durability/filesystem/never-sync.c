// A library to preload: no write is synced, though the program believes so. A broker that runs with it must be caught.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/types.h>

#define WITHOUT_SYNC(flags) ((flags) & ~(O_SYNC | O_DSYNC))
#define MODE_OF(flags, mode) \
  mode_t mode = 0; \
  if ((flags) & O_CREAT) { \
    va_list rest; \
    va_start(rest, flags); \
    mode = va_arg(rest, mode_t); \
    va_end(rest); \
  }

int open(const char *path, int flags, ...) {
  MODE_OF(flags, mode)
  int (*real)(const char *, int, ...) = dlsym(RTLD_NEXT, "open");
  return real(path, WITHOUT_SYNC(flags), mode);
}

int open64(const char *path, int flags, ...) {
  MODE_OF(flags, mode)
  int (*real)(const char *, int, ...) = dlsym(RTLD_NEXT, "open64");
  return real(path, WITHOUT_SYNC(flags), mode);
}

int fsync(int fd) { return fd < 0 ? -1 : 0; }
int fdatasync(int fd) { return fd < 0 ? -1 : 0; }
int msync(void *memory, size_t bytes, int flags) { return memory == 0 && bytes > 0 && flags != 0 ? -1 : 0; }
