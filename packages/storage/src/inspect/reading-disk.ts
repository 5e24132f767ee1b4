// A disk to look at what is another's: its files are opened for reading only, and nothing else of it can be called.
import type { Disk } from "@moldau/env";
import { AssertionError } from "@moldau/std";

// Invariant: whoever inspects changes no byte.
export function readingDisk(disk: Disk): Disk {
  const never = async (): Promise<never> => {
    throw new AssertionError("what inspects a log changes nothing");
  };
  return {
    open: (path) => disk.open(path, { mode: "buffered", readOnly: true }),
    readFile: disk.readFile,
    list: disk.list,
    space: disk.space,
    alignedMemory: disk.alignedMemory,
    replaceFile: never,
    rename: never,
    link: never,
    remove: never,
    makeDirectory: never,
    syncDirectory: never,
    lock: never,
  };
}
