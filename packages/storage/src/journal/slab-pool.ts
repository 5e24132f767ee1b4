// The memory that groups are written from, and afterwards the cache of the tail: a few slabs, filled one after another and used again
// in the order in which they were filled.
//
//   oldest ──────────────────────────────────────────── newest
//   ┌─────────┐ ┌─────────┐ ┌─────────┐       ┌───────────────┐
//   │ group 1 │ │ group 4 │ │ group 7 │  …    │ group 9 │ free│  ← take
//   │ … 3     │ │ … 6     │ │ … 8     │       │               │
//   └─────────┘ └─────────┘ └─────────┘       └───────────────┘
//
// Slabs are made as load needs them, up to a bound. While the oldest was filled a while ago, it is used again instead of making another,
// so that a quiet broker has one or two.
// Invariant: a slab is used again only when no reader holds it and none of its groups waits to become durable.
// Invariant: readers hold at most half of the memory (`valid` refuses more: they read the journal then), and what is not durable is
// bounded by admission; so however slow readers are, there is memory for the next group.
import type { Clock, Disk } from "@moldau/env";
import { assert } from "@moldau/std";
import type { Slab } from "./group-commit.js";

export interface SlabPoolOptions {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly slabBytes?: number;
  readonly maxSlabs?: number;
  /** How long ago a slab must have been filled to be used again before the bound is reached. */
  readonly keepMs?: number;
}

const DEFAULT_SLAB_BYTES = 8 * 1024 * 1024;
const DEFAULT_MAX_SLABS = 16;
const DEFAULT_KEEP_MS = 5_000;
/** Slabs without which the shares of readers and writers leave nothing to use again. */
const MIN_SLABS = 4;

/** Memory for groups, and what their writer needs to know of it. */
export interface WritableSlab extends Slab {
  /** Groups in it that are not durable yet. */
  unwritten: number;
  /** Where the next group begins. */
  position: number;
}

export interface SlabPool {
  readonly slabBytes: number;
  /** The most that `take` gives. */
  readonly maxBytes: number;
  /** The slab whose next group may have at least that many bytes, if there is one now. It stays the same until it is full. */
  take(bytes: number): WritableSlab | undefined;
  /** Whether `take` would give one. */
  has(bytes: number): boolean;
  /** Called when a reader has let go of a slab. */
  onReleased: () => void;
  /** Bytes of all slabs. */
  readonly sizeBytes: number;
}

interface PooledSlab extends WritableSlab {
  readers: number;
  filledAtMs: number;
  generation: number;
}

export function slabPool(options: SlabPoolOptions): SlabPool {
  const { disk, clock, slabBytes = DEFAULT_SLAB_BYTES, maxSlabs = DEFAULT_MAX_SLABS, keepMs = DEFAULT_KEEP_MS } = options;
  assert(maxSlabs >= MIN_SLABS, `at least ${MIN_SLABS} slabs`);
  const boundBytes = slabBytes * maxSlabs;
  const slabs: PooledSlab[] = [];
  let current: PooledSlab | undefined;
  let sizeBytes = 0;
  let heldBytes = 0;

  const make = (bytes: number): PooledSlab => {
    const slab: PooledSlab = {
      bytes: disk.alignedMemory(bytes),
      generation: 0,
      unwritten: 0,
      position: 0,
      readers: 0,
      filledAtMs: 0,
      valid: (generation) => generation === slab.generation && (slab.readers > 0 || heldBytes + bytes <= boundBytes / 2),
      retain: () => {
        if (slab.readers++ === 0) heldBytes += bytes;
      },
      release: () => {
        assert(slab.readers > 0, "a slab is released as often as it was retained");
        if (--slab.readers > 0) return;
        heldBytes -= bytes;
        pool.onReleased();
      },
    };
    sizeBytes += bytes;
    return slab;
  };
  const reusable = (slab: PooledSlab): boolean => slab.readers === 0 && slab.unwritten === 0 && slab !== current;
  const drop = (slab: PooledSlab): void => {
    slab.generation++;
    sizeBytes -= slab.bytes.length;
    slabs.splice(slabs.indexOf(slab), 1);
  };
  /** Bytes of slabs that could be used again. */
  const reusableBytes = (): number => slabs.reduce((sum, slab) => (reusable(slab) ? sum + slab.bytes.length : sum), 0);

  /** The oldest slab of the usual size that can be used again. */
  const oldest = (): PooledSlab | undefined => slabs.find((slab) => slab.bytes.length === slabBytes && reusable(slab));

  const isStale = (slab: PooledSlab): boolean => clock.monotonicMs() - slab.filledAtMs >= keepMs;

  const next = (bytes: number): PooledSlab | undefined => {
    for (const slab of slabs.filter((slab) => slab.bytes.length > slabBytes && reusable(slab) && isStale(slab))) drop(slab);
    const old = bytes <= slabBytes ? oldest() : undefined;
    const stale = old !== undefined && isStale(old);
    const wanted = Math.max(bytes, slabBytes);
    if (!stale && sizeBytes + wanted <= boundBytes) return make(wanted);
    if (old) {
      slabs.splice(slabs.indexOf(old), 1);
      old.generation++;
      old.position = 0;
      return old;
    }
    if (sizeBytes - reusableBytes() + wanted > boundBytes) return undefined;
    for (const slab of slabs.filter(reusable)) if (sizeBytes + wanted > boundBytes) drop(slab);
    return make(wanted);
  };

  const pool: SlabPool = {
    slabBytes,
    maxBytes: Math.floor(boundBytes / 4 / slabBytes) * slabBytes,
    onReleased: () => undefined,
    get sizeBytes() {
      return sizeBytes;
    },
    has: (bytes) => {
      if (current && current.position + bytes <= current.bytes.length) return true;
      const wanted = Math.max(bytes, slabBytes);
      return sizeBytes + wanted <= boundBytes || sizeBytes - reusableBytes() + wanted <= boundBytes;
    },
    take: (bytes) => {
      assert(bytes <= pool.maxBytes, () => `${bytes} bytes in one group`);
      if (current && current.position + bytes <= current.bytes.length) return current;
      if (current) current.filledAtMs = clock.monotonicMs();
      const full = current;
      current = undefined;
      const slab = next(bytes);
      if (slab) slabs.push(slab);
      current = slab ?? full;
      return slab;
    },
  };
  return pool;
}
