// Reads of any position and length from files that want whole pages in aligned memory.
import { type Disk, PAGE_BYTES } from "@moldau/env";
import { assert } from "@moldau/std";
import { CorruptionError } from "../errors.js";
import { diskFailure } from "./disk-failure.js";
import type { DurableMode, RingFile } from "./ring-file.js";

const SCRATCH_BYTES = 1024 * 1024;
/** Reads that go on at once; more wait. */
const SCRATCHES = 4;

export interface RingReader {
  /** Fills `into` from `position` of the file. Rejects with StorageError, or CorruptionError when the file ends before. */
  read(file: RingFile, position: number, into: Uint8Array): Promise<void>;
}

export function ringReader(disk: Disk, mode: DurableMode): RingReader {
  const free: Uint8Array[] = [];
  const waiting: ((scratch: Uint8Array) => void)[] = [];
  let made = 0;

  const take = (): Promise<Uint8Array> | Uint8Array => {
    const scratch = free.pop();
    if (scratch) return scratch;
    if (made === SCRATCHES) return new Promise((resolve) => waiting.push(resolve));
    made++;
    return disk.alignedMemory(SCRATCH_BYTES);
  };
  const give = (scratch: Uint8Array): void => {
    const next = waiting.shift();
    if (next) next(scratch);
    else free.push(scratch);
  };

  const readExactly = async ({ file, path }: RingFile, into: Uint8Array, position: number): Promise<void> => {
    const count = await file.read(into, position);
    if (count < into.length) throw new CorruptionError(path, position + count, "the file ends here");
  };

  const readByPages = async (file: RingFile, position: number, into: Uint8Array): Promise<void> => {
    const scratch = await take();
    try {
      for (let done = 0; done < into.length; ) {
        const skip = (position + done) % PAGE_BYTES;
        const count = Math.min(into.length - done, SCRATCH_BYTES - skip);
        const pages = scratch.subarray(0, Math.ceil((skip + count) / PAGE_BYTES) * PAGE_BYTES);
        await readExactly(file, pages, position + done - skip);
        into.set(pages.subarray(skip, skip + count), done);
        done += count;
      }
    } finally {
      give(scratch);
    }
  };

  return {
    read: async (file, position, into) => {
      assert(position + into.length <= file.capacityBytes, "a read stays within its file");
      try {
        if (mode === "direct") await readByPages(file, position, into);
        else await readExactly(file, into, position);
      } catch (error) {
        throw diskFailure(error);
      }
    },
  };
}
