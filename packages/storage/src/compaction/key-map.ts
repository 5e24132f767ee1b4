// The newest offset of each key, within a bound of memory: a hash of the key stands for it. Shards of open addressing, chosen by the
// hash, each of which doubles by itself until its part of the bound is used: growing moves a little at a time, and holds little twice.
//
//   slot   │ hash of the key: 4 × 32 bits │ offset − base + 1: 32 bits, 0 when the slot is empty │     20 bytes
//
// Shards are filled to four fifths, so a key takes 25 bytes at best; 128 MiB hold 5.3 million keys.
import { assert } from "@moldau/std";
import { HASH_KEY_BYTES, KeyHash } from "./key-hash.js";

export interface KeyMap {
  /** The key's newest offset from now on, which is above all before; false, and nothing has changed, when there is no room. */
  put(bytes: Uint8Array, keyStart: number, keyBytes: number, offset: number): boolean;
  /** The newest offset of the key; -1 when it is not known. */
  get(bytes: Uint8Array, keyStart: number, keyBytes: number): number;
  readonly size: number;
  readonly memoryBytes: number;
}

export interface KeyMapOptions {
  readonly maxBytes: number;
  /** Offsets are at or above this. */
  readonly baseOffset: number;
  /** Fresh random bytes. */
  readonly hashKey: Uint8Array;
}

interface Shard {
  slots: Uint32Array;
  /** Slots in all, and those in use. */
  capacity: number;
  used: number;
}

const SLOT_WORDS = 5;
const SLOT_BYTES = SLOT_WORDS * 4;
const OFFSET_AT = 4;
const LOAD_MAX = 0.8;
const SHARDS_MAX = 256;
/** A shard that may not have as much is not worth its own array. */
const SHARD_BYTES_MIN = 64 * 1024;
const FIRST_CAPACITY = 64;
/** Offsets beyond this one from the base on do not fit a slot. */
const DELTA_MAX = 2 ** 32 - 2;

export function keyMap({ maxBytes, baseOffset, hashKey }: KeyMapOptions): KeyMap {
  assert(hashKey.length === HASH_KEY_BYTES, "the hash's key is of full length");
  const hash = new KeyHash(hashKey);
  const shardCount = 2 ** Math.floor(Math.log2(Math.max(1, Math.min(SHARDS_MAX, maxBytes / SHARD_BYTES_MIN))));
  const capacityMax = Math.max(2, Math.floor(maxBytes / shardCount / SLOT_BYTES));
  const shards = Array.from({ length: shardCount }, () => emptyShard(Math.min(FIRST_CAPACITY, capacityMax)));
  let size = 0;

  const locate = (bytes: Uint8Array, keyStart: number, keyBytes: number): Shard => {
    hash.hash(bytes, keyStart, keyBytes);
    return shards[(hash.h0 >>> 8) % shardCount] as Shard;
  };
  const hasRoom = (shard: Shard): boolean => {
    if (shard.used + 1 <= shard.capacity * LOAD_MAX) return true;
    if (shard.capacity === capacityMax) return false;
    grow(shard, Math.min(shard.capacity * 2, capacityMax));
    return shard.used + 1 <= shard.capacity * LOAD_MAX;
  };

  return {
    put(bytes, keyStart, keyBytes, offset) {
      const delta = offset - baseOffset;
      assert(delta >= 0, "keys are put from the base on");
      if (delta > DELTA_MAX) return false;
      const shard = locate(bytes, keyStart, keyBytes);
      let at = slotOf(shard, hash);
      if (shard.slots[at + OFFSET_AT] === 0) {
        const { capacity } = shard;
        if (!hasRoom(shard)) return false;
        if (shard.capacity !== capacity) at = slotOf(shard, hash);
        shard.slots[at] = hash.h0;
        shard.slots[at + 1] = hash.h1;
        shard.slots[at + 2] = hash.h2;
        shard.slots[at + 3] = hash.h3;
        shard.used++;
        size++;
      }
      shard.slots[at + OFFSET_AT] = delta + 1;
      return true;
    },
    get(bytes, keyStart, keyBytes) {
      const shard = locate(bytes, keyStart, keyBytes);
      const delta = shard.slots[slotOf(shard, hash) + OFFSET_AT] as number;
      return delta === 0 ? -1 : baseOffset + delta - 1;
    },
    get size() {
      return size;
    },
    get memoryBytes() {
      return shards.reduce((sum, { slots }) => sum + slots.byteLength, 0);
    },
  };
}

const emptyShard = (capacity: number): Shard => ({ slots: new Uint32Array(capacity * SLOT_WORDS), capacity, used: 0 });

/** Where a search for a hash begins. Any capacity will do, not only powers of two. */
const firstSlot = (h1: number, capacity: number): number => Math.floor(((h1 >>> 0) / 2 ** 32) * capacity);

/** The first word of the hash's slot, or of the empty one where it would be. There always is one: shards are never full. */
function slotOf({ slots, capacity }: Shard, { h0, h1, h2, h3 }: KeyHash): number {
  const end = capacity * SLOT_WORDS;
  let at = firstSlot(h1, capacity) * SLOT_WORDS;
  for (;;) {
    if (slots[at + OFFSET_AT] === 0) return at;
    if (slots[at] === h0 >>> 0 && slots[at + 1] === h1 >>> 0 && slots[at + 2] === h2 >>> 0 && slots[at + 3] === h3 >>> 0) return at;
    at += SLOT_WORDS;
    if (at === end) at = 0;
  }
}

function grow(shard: Shard, capacity: number): void {
  const { slots } = shard;
  const grown = new Uint32Array(capacity * SLOT_WORDS);
  const end = grown.length;
  for (let from = 0; from < slots.length; from += SLOT_WORDS) {
    if (slots[from + OFFSET_AT] === 0) continue;
    let at = firstSlot(slots[from + 1] as number, capacity) * SLOT_WORDS;
    while (grown[at + OFFSET_AT] !== 0) at = at + SLOT_WORDS === end ? 0 : at + SLOT_WORDS;
    for (let word = 0; word < SLOT_WORDS; word++) grown[at + word] = slots[from + word] as number;
  }
  shard.slots = grown;
  shard.capacity = capacity;
}
