// Which partition a record without one goes to. Keys decide by their hash, as in Java. Records without a key stay with one partition
// until it has had a batch, so that batches get full, and then go where the least is waiting (KIP-480, KIP-794).
import type { Random } from "@moldau/env";
import { murmur2 } from "./murmur2.js";

/** What the choice for a record without key depends on. */
export interface Candidate {
  /** Bytes not acknowledged yet. */
  readonly waitingBytes: number;
  readonly hasLeader: boolean;
}

const INT32_POSITIVE = 0x7fff_ffff;
const SCRATCH_BYTES = 4096;
const scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES);
/** Bytes of UTF-8 that a unit of UTF-16 takes at most. */
const UTF8_PER_UNIT = 3;

/** A key's partition: positive(murmur2(key)) modulo the number of partitions. */
export function keyPartition(key: string | Uint8Array, partitions: number): number {
  if (typeof key !== "string") return (murmur2(key) & INT32_POSITIVE) % partitions;
  if (key.length * UTF8_PER_UNIT > SCRATCH_BYTES) return keyPartition(Buffer.from(key), partitions);
  return (murmur2(scratch, scratch.write(key)) & INT32_POSITIVE) % partitions;
}

export interface StickyChoice {
  /** The partition for a record without key. */
  choose(candidates: readonly Candidate[]): number;
  /** So much went into the chosen one. */
  wrote(bytes: number): void;
  /** The batch that it was filling is under way. */
  taken(partition: number): void;
}

/** Stays with a partition for `batchBytes`, or until its batch is sent. */
export function stickyChoice(batchBytes: number, random: Random): StickyChoice {
  let current = -1;
  let written = 0;
  return {
    choose(candidates) {
      if (current < 0 || current >= candidates.length || written >= batchBytes) {
        current = weighted(candidates, current, random);
        written = 0;
      }
      return current;
    },
    wrote(bytes) {
      written += bytes;
    },
    taken(partition) {
      if (partition === current) written = batchBytes;
    },
  };
}

/** Chance, by how little is waiting: one that has as much as the fullest is chosen least. Those without a leader are left out if they can be. */
function weighted(candidates: readonly Candidate[], last: number, random: Random): number {
  const able = candidates.flatMap(({ hasLeader }, index) => (hasLeader ? [index] : []));
  const among = able.length > 0 ? able : candidates.map((_, index) => index);
  if (among.length === 1) return among[0] as number;
  const waiting = (index: number) => (candidates[index] as Candidate).waitingBytes;
  const most = among.reduce((max, index) => Math.max(max, waiting(index)), 0);
  if (most === 0) return nextAfter(among, last, random);
  const weights = among.map((index) => most - waiting(index) + most / among.length);
  let left = random.float() * weights.reduce((sum, weight) => sum + weight, 0);
  for (let i = 0; i < among.length; i++) {
    left -= weights[i] as number;
    if (left < 0) return among[i] as number;
  }
  return among.at(-1) as number;
}

/** In turn while nothing waits anywhere, beginning anywhere: as even as it gets. */
function nextAfter(among: readonly number[], last: number, random: Random): number {
  if (last < 0) return among[Math.floor(random.float() * among.length)] as number;
  return among.find((index) => index > last) ?? (among[0] as number);
}

/** Checks what a program's partitioner says. */
export function isPartition(choice: number, partitions: number): boolean {
  return Number.isInteger(choice) && choice >= 0 && choice < partitions;
}
