// Writes a blob's parts to a file: copied into page-aligned memory, which is reused, and written past the page cache. While one
// buffer is being written the next one fills. Direct writes cost a third of the processor time of buffered ones.
import { type Disk, type DiskFile, PAGE_BYTES } from "@moldau/env";
import { refusesDirect } from "../journal/disk-failure.js";
import type { BlobParts } from "./blob-store.js";

/** Bytes copied, and then written, in one go. */
export const BUFFER_BYTES = 1024 * 1024;

export interface BlobWriter {
  /** Writes the parts to a new file; durable when this resolves, but for the file's name. */
  write(path: string, parts: BlobParts): Promise<void>;
}

type Buffers = readonly [Uint8Array, Uint8Array];

/** At most `writers` files are written at a time, each with two buffers; others wait in turn. */
export function blobWriter(disk: Disk, writers: number): BlobWriter {
  const unused: Buffers[] = [];
  const waiting: ((buffers: Buffers) => void)[] = [];
  let made = 0;

  const take = (): Buffers | Promise<Buffers> => {
    const free = unused.pop();
    if (free) return free;
    if (made === writers) return new Promise((resolve) => waiting.push(resolve));
    made++;
    return [disk.alignedMemory(BUFFER_BYTES), disk.alignedMemory(BUFFER_BYTES)];
  };
  const giveBack = (buffers: Buffers) => {
    const next = waiting.shift();
    if (next) next(buffers);
    else unused.push(buffers);
  };

  return {
    async write(path, parts) {
      const buffers = await take();
      try {
        const file = await openForWriting(disk, path);
        try {
          await copyAndWrite(file, parts, buffers);
        } finally {
          await file.close();
        }
      } finally {
        giveBack(buffers);
      }
    },
  };
}

/** The same whole pages are written either way: where direct writes are refused, the page cache takes them until the sync. */
async function openForWriting(disk: Disk, path: string): Promise<DiskFile> {
  try {
    return await disk.open(path, { create: true, mode: "direct" });
  } catch (error) {
    if (!refusesDirect(error)) throw error;
    return disk.open(path, { create: true, mode: "buffered" });
  }
}

async function copyAndWrite(file: DiskFile, parts: BlobParts, [first, second]: Buffers): Promise<void> {
  let filling = first;
  let filled = 0;
  let position = 0;
  let writing: Promise<void> = Promise.resolve();

  const writeFilled = async () => {
    await writing;
    const pageEnd = Math.ceil(filled / PAGE_BYTES) * PAGE_BYTES;
    filling.fill(0, filled, pageEnd);
    writing = file.write([filling.subarray(0, pageEnd)], position);
    // Its failure is met at the next look; until then it must not count as unhandled.
    writing.catch(() => {});
    position += filled;
    filled = 0;
    filling = filling === first ? second : first;
  };

  try {
    for await (const group of parts) {
      for (const part of group) {
        for (let copied = 0; copied < part.length; ) {
          const count = Math.min(part.length - copied, BUFFER_BYTES - filled);
          filling.set(part.subarray(copied, copied + count), filled);
          copied += count;
          filled += count;
          if (filled === BUFFER_BYTES) await writeFilled();
        }
      }
    }
    if (filled > 0) await writeFilled();
    await writing;
    if (position % PAGE_BYTES > 0) await file.truncate(position);
    await file.sync();
  } finally {
    // The buffers are not used again before the disk has let go of them.
    await writing.catch(() => {});
  }
}
