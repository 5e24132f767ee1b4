// A file on a simulated disk: what is seen now, and what would be found after the power went.
//
//   write   ─▶ seen, and the sector is dirty
//   sync    ─▶ dirty sectors are durable; a sync that fails forgets that they are dirty, as kernels do
//   crash   ─▶ each dirty sector is there or not, as chance has it: lost, torn, reordered
import type { SeededRandom } from "../time/seeded-random.js";

/** What a disk writes whole or not at all. */
const SECTOR_BYTES = 512;

export type Parts = readonly Uint8Array[];

export interface SimFile {
  readonly sizeBytes: number;
  /** Copies what is seen from `position` on; gives the number of bytes. */
  read(position: number, into: Uint8Array): number;
  write(position: number, parts: Parts): void;
  resize(sizeBytes: number): void;
  /** Stands for all that was written so far. */
  mark(): number;
  /** What was written up to the mark survives. */
  sync(mark: number): void;
  /** Some of it does. What went through the page cache is not tried again: the next sync knows nothing of it, as kernels have it. */
  failSync(mark: number, random: SeededRandom, cached: boolean): void;
  /** A write that is durable by itself, done. */
  writeDurably(position: number, parts: Parts): void;
  /** Such a write, when it fails or the power goes in its middle. */
  tear(position: number, parts: Parts, random: SeededRandom): void;
  /** The power goes. */
  crash(random: SeededRandom): void;
}

export const lengthOf = (parts: Parts): number => parts.reduce((sum, { length }) => sum + length, 0);

export function simFile(): SimFile {
  let seen = new Uint8Array(0);
  let durable = new Uint8Array(0);
  let sizeBytes = 0;
  let durableSize = 0;
  /** When each was last written. */
  const dirty = new Map<number, number>();
  let sizeChanged = 0;
  let writes = 0;
  /** Seen, but neither durable nor dirty any more. */
  const forgotten = new Set<number>();

  const reach = (end: number) => {
    sizeBytes = Math.max(sizeBytes, end);
    const sectorsEnd = Math.ceil(sizeBytes / SECTOR_BYTES) * SECTOR_BYTES;
    if (sectorsEnd <= seen.length) return;
    const capacity = Math.max(sectorsEnd, seen.length * 2);
    seen = enlarged(seen, capacity);
    durable = enlarged(durable, capacity);
  };
  const copySector = (from: Uint8Array, to: Uint8Array, sector: number) => {
    const start = sector * SECTOR_BYTES;
    to.set(from.subarray(start, start + SECTOR_BYTES), start);
  };
  const persist = (sector: number) => {
    copySector(seen, durable, sector);
    dirty.delete(sector);
    forgotten.delete(sector);
  };
  const soil = (position: number, length: number) => {
    writes++;
    for (const sector of sectors(position, length)) dirty.set(sector, writes);
  };
  const put = (position: number, parts: Parts) => {
    const end = position + lengthOf(parts);
    if (end > sizeBytes) {
      reach(end);
      sizeChanged = writes + 1;
    }
    let at = position;
    for (const part of parts) {
      seen.set(part, at);
      at += part.length;
    }
  };
  const olderThan = (mark: number) => [...dirty].flatMap(([sector, written]) => (written <= mark ? sector : []));

  return {
    get sizeBytes() {
      return sizeBytes;
    },
    read(position, into) {
      const found = seen.subarray(position, Math.max(position, Math.min(position + into.length, sizeBytes)));
      into.set(found);
      return found.length;
    },
    write(position, parts) {
      put(position, parts);
      soil(position, lengthOf(parts));
    },
    resize(to) {
      if (to < sizeBytes) seen.fill(0, to, sizeBytes);
      const from = Math.min(to, sizeBytes);
      const changed = Math.abs(to - sizeBytes);
      reach(to);
      sizeBytes = to;
      soil(from, changed);
      sizeChanged = writes;
    },
    mark: () => writes,
    sync(mark) {
      for (const sector of olderThan(mark)) persist(sector);
      if (sizeChanged <= mark) durableSize = sizeBytes;
    },
    failSync(mark, random, cached) {
      for (const sector of olderThan(mark)) {
        if (random.chance(0.5)) persist(sector);
        else if (cached) {
          dirty.delete(sector);
          forgotten.add(sector);
        }
      }
    },
    writeDurably(position, parts) {
      put(position, parts);
      for (const sector of sectors(position, lengthOf(parts))) persist(sector);
      durableSize = Math.max(durableSize, position + lengthOf(parts));
    },
    tear(position, parts, random) {
      const kept = random.float();
      const length = lengthOf(parts);
      if (random.chance(0.5)) {
        reach(position + length);
        durableSize = Math.max(durableSize, sizeBytes);
      }
      const bytes = Buffer.concat(parts);
      for (const sector of sectors(position, Math.min(length, sizeBytes - position))) {
        if (!random.chance(kept)) continue;
        const from = Math.max(position, sector * SECTOR_BYTES);
        const until = Math.min(position + length, sizeBytes, (sector + 1) * SECTOR_BYTES);
        seen.set(bytes.subarray(from - position, until - position), from);
        persist(sector);
      }
    },
    crash(random) {
      const kept = random.pick([0, 0.5, 1]);
      for (const sector of [...dirty.keys()]) {
        if (random.chance(kept)) persist(sector);
        else copySector(durable, seen, sector);
      }
      for (const sector of forgotten) copySector(durable, seen, sector);
      dirty.clear();
      forgotten.clear();
      if (random.chance(kept)) durableSize = sizeBytes;
      sizeBytes = durableSize;
      seen.fill(0, sizeBytes);
      durable.fill(0, sizeBytes);
    },
  };
}

function* sectors(position: number, length: number): Iterable<number> {
  for (let sector = Math.floor(position / SECTOR_BYTES); sector * SECTOR_BYTES < position + length; sector++) yield sector;
}

function enlarged(bytes: Uint8Array<ArrayBuffer>, capacity: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(capacity);
  larger.set(bytes);
  return larger;
}
