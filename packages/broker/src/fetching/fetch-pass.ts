// One pass over the partitions of a fetch: read what is there now, within the byte limits. A fetch that waits makes several passes.
import type { ErrorName } from "@moldau/protocol";
import type { Partition } from "../partitions/partition.js";
import type { AnswerMemory } from "./answer-memory.js";
import { failed, type Isolation, type PartitionRead, readPartition } from "./read-partition.js";
import type { SessionPartition } from "./sessions.js";

/** A partition to be served: found, or the error that takes its place. */
export interface FetchTarget {
  readonly asked: SessionPartition;
  readonly partition: Partition | ErrorName;
}

export interface FetchPass {
  /** One for each target, in order. */
  readonly reads: readonly PartitionRead[];
  readonly sizeBytes: number;
  /** An error or a divergence: the client must hear of it now. */
  readonly urgent: boolean;
  release(): void;
}

export interface PassLimits {
  readonly maxBytes: number;
  readonly isolation: Isolation;
  /** What is read is held there until the pass is released. */
  readonly memory: AnswerMemory;
  /** Log a failure to read and name its error code. */
  readonly failure: (partition: Partition, error: unknown) => ErrorName;
}

/** Partitions in memory are read without giving up the turn: a fetch may cover thousands. */
export function fetchPass(targets: readonly FetchTarget[], limits: PassLimits): FetchPass | Promise<FetchPass> {
  const reads: PartitionRead[] = [];
  let sizeBytes = 0;
  let urgent = false;
  const reservation = limits.memory.reserve(wantedBytes(targets, limits.maxBytes));

  const take = (read: PartitionRead) => {
    reads.push(read);
    sizeBytes += read.slice?.sizeBytes ?? 0;
    if (read.error !== "NONE" || read.diverging) urgent = true;
  };
  const readNext = (target: FetchTarget): PartitionRead | Promise<PartitionRead> => {
    if (typeof target.partition === "string") return failed(target.partition);
    const { request } = target.asked;
    const left = reservation.bytes - sizeBytes;
    // The first batch is given whatever its size, or a consumer could be stuck behind it for ever (KIP-74).
    const budget = { maxBytes: Math.min(request.maxBytes, left), atLeastOne: sizeBytes === 0 && reservation.bytes > 0 };
    return readPartition(target.partition, request, budget, limits.isolation, limits.failure);
  };
  const result = (): FetchPass => {
    reservation.keep(sizeBytes);
    const release = () => {
      releaseAll(reads);
      reservation.release();
    };
    return { reads, sizeBytes, urgent, release };
  };

  const from = (start: number): FetchPass | Promise<FetchPass> => {
    for (let i = start; i < targets.length; i++) {
      const read = readNext(targets[i] as FetchTarget);
      if (read instanceof Promise) {
        return read.then((settled) => {
          take(settled);
          return from(i + 1);
        });
      }
      take(read);
    }
    return result();
  };
  return from(0);
}

/** At least one byte: who asks for none gets a batch all the same. */
function wantedBytes(targets: readonly FetchTarget[], maxBytes: number): number {
  let sum = 0;
  for (const { asked } of targets) sum += Math.max(0, asked.request.maxBytes);
  return Math.max(1, Math.min(maxBytes, sum));
}

function releaseAll(reads: readonly PartitionRead[]): void {
  for (const read of reads) read.slice?.release();
}
