// A file on a simulated disk: what is seen now, and what would be found after the power went.
import type { SeededRandom } from "./seeded-random.js";

/** What a disk writes whole or not at all. */
export const SECTOR_BYTES = 512;

export interface SimFile {
  /** As readers see it. */
  readonly seen: Uint8Array;
  readonly sizeBytes: number;
  readonly capacity: number;
  write(position: number, bytes: Uint8Array): void;
  resize(sizeBytes: number): void;
  /** What was written so far survives. */
  sync(): void;
  /** A write that is durable by itself, done. */
  writeDurably(position: number, bytes: Uint8Array): void;
  /** The power goes. Of what was not durable each sector is there or not, as chance has it: lost, torn, reordered. */
  crash(random: SeededRandom): void;
  /** Such a write, when the power goes in its middle. */
  tear(position: number, bytes: Uint8Array, random: SeededRandom): void;
}

export function simFile(): SimFile {
  let seen = new Uint8Array(0);
  let durable = new Uint8Array(0);
  let sizeBytes = 0;
  let durableSize = 0;
  const dirty = new Set<number>();

  const grown = (bytes: Uint8Array, to: number) => {
    if (to <= bytes.length) return bytes;
    const larger = new Uint8Array(Math.max(to, bytes.length * 2));
    larger.set(bytes);
    return larger as Uint8Array<ArrayBuffer>;
  };
  const reach = (end: number) => {
    seen = grown(seen, end);
    durable = grown(durable, end);
    sizeBytes = Math.max(sizeBytes, end);
  };
  const eachSector = (position: number, length: number, visit: (sector: number) => void) => {
    for (let sector = Math.floor(position / SECTOR_BYTES); sector * SECTOR_BYTES < position + length; sector++) visit(sector);
  };
  const copySector = (from: Uint8Array, to: Uint8Array, sector: number) => {
    const start = sector * SECTOR_BYTES;
    to.set(from.subarray(start, start + SECTOR_BYTES), start);
  };
  const persist = (sector: number) => {
    durable = grown(durable, (sector + 1) * SECTOR_BYTES);
    seen = grown(seen, (sector + 1) * SECTOR_BYTES);
    copySector(seen, durable, sector);
  };
  const write = (position: number, bytes: Uint8Array) => {
    reach(position + bytes.length);
    seen.set(bytes, position);
    eachSector(position, bytes.length, (sector) => dirty.add(sector));
  };

  return {
    get seen() {
      return seen;
    },
    get sizeBytes() {
      return sizeBytes;
    },
    get capacity() {
      return seen.length;
    },
    write,
    resize(to) {
      if (to < sizeBytes) seen.fill(0, to, sizeBytes);
      else reach(to);
      eachSector(Math.min(to, sizeBytes), Math.abs(to - sizeBytes), (sector) => dirty.add(sector));
      sizeBytes = to;
    },
    sync() {
      for (const sector of dirty) persist(sector);
      dirty.clear();
      durableSize = sizeBytes;
    },
    writeDurably(position, bytes) {
      write(position, bytes);
      eachSector(position, bytes.length, (sector) => {
        persist(sector);
        dirty.delete(sector);
      });
      durableSize = Math.max(durableSize, position + bytes.length);
    },
    tear(position, bytes, random) {
      const kept = random.float();
      reach(position + bytes.length);
      for (let at = 0; at < bytes.length; ) {
        const until = Math.min(bytes.length, (Math.floor((position + at) / SECTOR_BYTES) + 1) * SECTOR_BYTES - position);
        if (random.chance(kept)) {
          seen.set(bytes.subarray(at, until), position + at);
          persist(Math.floor((position + at) / SECTOR_BYTES));
        }
        at = until;
      }
      durableSize = Math.max(durableSize, random.chance(0.5) ? position + bytes.length : 0);
    },
    crash(random) {
      const kept = random.pick([0, 0.5, 1]);
      for (const sector of dirty) if (random.chance(kept)) persist(sector);
      if (random.chance(kept)) durableSize = sizeBytes;
      dirty.clear();
      seen = grown(durable.slice(), sizeBytes);
      seen.fill(0, durableSize);
      durable = seen.slice();
      sizeBytes = durableSize;
    },
  };
}
