// Writes a blob's parts to a file: copied into page-aligned memory, which is reused, written past the page cache, and synced at the
// end. While some buffers are being written the next one fills, so that a busy event loop still keeps the disk busy. Direct writes
// cost a fraction of the processor time of buffered ones; syncing each of them would halve their rate, for the file grows with each.
import { type Disk, type DiskFile, PAGE_BYTES } from "@moldau/env";
import { refusesDirect } from "../journal/disk-failure.js";
import type { BlobParts } from "./blob-store.js";

/** Bytes checksummed, copied and written in one go: about 0.4 ms of the event loop. */
const BUFFER_BYTES = 1024 * 1024;
/** Of one writer. As many buffers may be filled in one turn of a busy event loop. */
const BUFFERS = 3;

export interface BlobWriter {
  /** Writes the parts to a new file; durable when this resolves, but for the file's name. */
  write(path: string, parts: BlobParts): Promise<void>;
}

type Buffers = readonly Uint8Array[];

/** At most `writers` files are written at a time, each with buffers of its own; others wait in turn. */
export function blobWriter(disk: Disk, writers: number): BlobWriter {
  const unused: Buffers[] = [];
  const waiting: ((buffers: Buffers) => void)[] = [];
  let made = 0;

  const take = (): Buffers | Promise<Buffers> => {
    const free = unused.pop();
    if (free) return free;
    if (made === writers) return new Promise((resolve) => waiting.push(resolve));
    made++;
    return Array.from({ length: BUFFERS }, () => disk.alignedMemory(BUFFER_BYTES));
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
    return await disk.open(path, { create: true, mode: "buffered", uncached: true });
  } catch (error) {
    if (!refusesDirect(error)) throw error;
    return disk.open(path, { create: true, mode: "buffered" });
  }
}

async function copyAndWrite(file: DiskFile, parts: BlobParts, buffers: Buffers): Promise<void> {
  // The last write from each buffer: done before the buffer is filled again.
  const writes: Promise<void>[] = buffers.map(() => Promise.resolve());
  let turn = 0;
  let filled = 0;
  let position = 0;

  const bufferOf = (index: number): Uint8Array => buffers[index] as Uint8Array;
  const writeFilled = async () => {
    const filling = bufferOf(turn);
    const pageEnd = Math.ceil(filled / PAGE_BYTES) * PAGE_BYTES;
    filling.fill(0, filled, pageEnd);
    const write = file.write([filling.subarray(0, pageEnd)], position);
    // Its failure is met when the buffer is wanted again; until then it must not count as unhandled.
    write.catch(() => {});
    writes[turn] = write;
    position += filled;
    filled = 0;
    turn = (turn + 1) % buffers.length;
    await writes[turn];
  };

  try {
    for await (const group of parts) {
      for (const part of group) {
        for (let copied = 0; copied < part.length; ) {
          const count = Math.min(part.length - copied, BUFFER_BYTES - filled);
          bufferOf(turn).set(count === part.length ? part : part.subarray(copied, copied + count), filled);
          copied += count;
          filled += count;
          if (filled === BUFFER_BYTES) await writeFilled();
        }
      }
    }
    if (filled > 0) await writeFilled();
    await Promise.all(writes);
    if (position % PAGE_BYTES > 0) await file.truncate(position);
    await file.sync();
  } finally {
    // The buffers are not used again before the disk has let go of them.
    await Promise.allSettled(writes);
  }
}
