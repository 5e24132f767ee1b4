// Files of blobs kept open for the next read, a bounded number of them. One that is read from is closed only afterwards, so a blob
// may be deleted under its readers.
import type { Disk, DiskFile } from "@moldau/env";
import { boundedCache } from "@moldau/std";

export interface OpenFiles {
  /** Runs `action` with the open file. Rejects as Disk.open does when there is none. */
  use<Result>(path: string, action: (file: DiskFile) => Promise<Result>): Promise<Result>;
  /** The file is going to be deleted: it is not found here any more. */
  forget(path: string): void;
}

interface Held {
  readonly file: Promise<DiskFile>;
  users: number;
  /** Out of the cache: its last user closes it. */
  left: boolean;
}

export function openFiles(disk: Disk, maxFiles: number): OpenFiles {
  // A failure to close costs nothing that was promised: the file was only read.
  const close = ({ file }: Held) => void file.then((opened) => opened.close()).catch(() => {});
  const held = boundedCache<string, Held>({
    capacity: maxFiles,
    left: (one) => {
      one.left = true;
      if (one.users === 0) close(one);
    },
  });

  const hold = (path: string): Held => {
    const present = held.get(path);
    if (present) return present;
    const opened: Held = { file: disk.open(path, { mode: "buffered" }), users: 0, left: false };
    held.set(path, opened);
    return opened;
  };

  return {
    async use(path, action) {
      const one = hold(path);
      one.users++;
      try {
        return await action(await openedOr(one, () => held.delete(path)));
      } finally {
        one.users--;
        if (one.left && one.users === 0) close(one);
      }
    },
    forget: held.delete,
  };
}

async function openedOr({ file }: Held, failed: () => void): Promise<DiskFile> {
  try {
    return await file;
  } catch (error) {
    failed();
    throw error;
  }
}
