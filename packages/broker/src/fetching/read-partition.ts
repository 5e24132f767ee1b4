// One partition's part of a fetch: is the request sound, where may it read, which bytes are there.
import type { ErrorName } from "@moldau/protocol";
import { batches, batchLastOffset } from "@moldau/records";
import type { LogSlice } from "@moldau/storage";
import type { AbortedTransaction } from "../partitions/aborted-transactions.js";
import type { Partition } from "../partitions/partition.js";
import type { PartitionRequest } from "./sessions.js";

/** What a partition answers, before it is put on the wire. */
export interface PartitionRead {
  readonly error: ErrorName;
  readonly highWatermark: number;
  readonly lastStableOffset: number;
  readonly logStartOffset: number;
  /** Those whose records are among what was read; undefined unless only what is committed was asked for. */
  readonly aborted: readonly AbortedTransaction[] | undefined;
  /** The client's log went another way at this epoch (KIP-595). */
  readonly diverging: { readonly epoch: number; readonly endOffset: number } | undefined;
  readonly slice: LogSlice | undefined;
}

export interface ReadBudget {
  readonly maxBytes: number;
  /** Give a whole batch even when it is larger than maxBytes. */
  readonly atLeastOne: boolean;
}

/** What may be read: everything durable, or only what is decided, too. */
export type Isolation = "read_uncommitted" | "read_committed";

/** As requests have it. */
export const isolationOf = (level: number): Isolation => (level === 1 ? "read_committed" : "read_uncommitted");

export const failed = (error: ErrorName): PartitionRead => ({
  error,
  highWatermark: -1,
  lastStableOffset: -1,
  logStartOffset: -1,
  aborted: undefined,
  diverging: undefined,
  slice: undefined,
});

/** Reads at once when the bytes are in memory; else a promise. Failures of storage become error codes through `failure`. */
export function readPartition(
  partition: Partition,
  request: PartitionRequest,
  budget: ReadBudget,
  isolation: Isolation,
  failure: (partition: Partition, error: unknown) => ErrorName,
): PartitionRead | Promise<PartitionRead> {
  const { log, leaderEpoch } = partition;
  if (partition.deleted()) return failed("UNKNOWN_TOPIC_OR_PARTITION");
  const wrongEpoch = checkLeaderEpoch(request.currentLeaderEpoch, leaderEpoch);
  if (wrongEpoch) return failed(wrongEpoch);

  const committed = isolation === "read_committed";
  const compactions = partition.compactions();
  const lastStableOffset = partition.producers().transactions.lastStableOffset();
  const state = { highWatermark: log.highWatermark, lastStableOffset, logStartOffset: log.logStartOffset };
  const below = committed ? lastStableOffset : state.highWatermark;
  const answer = (slice: LogSlice | undefined): PartitionRead => {
    const { transactions } = partition.producers();
    const aborted = committed ? transactions.abortedWithin(request.fetchOffset, () => (slice ? endOf(slice) : 0)) : undefined;
    return { error: "NONE", ...state, aborted, diverging: undefined, slice };
  };
  /** See Partition.compactions. */
  const arrived = (slice: LogSlice): PartitionRead | Promise<PartitionRead> => {
    if (!committed || partition.compactions() === compactions) return answer(slice);
    slice.release();
    return readPartition(partition, request, budget, isolation, failure);
  };
  if (request.lastFetchedEpoch >= 0) {
    const end = partition.endOfEpoch(request.lastFetchedEpoch);
    if (!end || request.lastFetchedEpoch > leaderEpoch) return failed("OFFSET_OUT_OF_RANGE");
    if (end.epoch < request.lastFetchedEpoch || end.endOffset < request.fetchOffset) return { ...answer(undefined), diverging: end };
  }
  const { fetchOffset } = request;
  if (fetchOffset < state.logStartOffset || fetchOffset > state.highWatermark) return failed("OFFSET_OUT_OF_RANGE");
  if (fetchOffset >= below || (budget.maxBytes <= 0 && !budget.atLeastOne)) return answer(undefined);
  try {
    const slice = log.read(fetchOffset, { ...budget, below });
    if (slice instanceof Promise) return slice.then(arrived, (error: unknown) => failed(failure(partition, error)));
    return answer(slice);
  } catch (error) {
    return failed(failure(partition, error));
  }
}

/** The offset after the last batch. All parts hold whole batches. */
function endOf({ parts }: LogSlice): number {
  const last = parts.at(-1);
  if (!last) return 0;
  let end = 0;
  for (const at of batches(last)) end = batchLastOffset(last, at) + 1;
  return end;
}

/** KIP-320: a client that knows an older epoch than ours must refresh its metadata; one that knows a newer must wait for us. */
export function checkLeaderEpoch(known: number, current: number): "FENCED_LEADER_EPOCH" | "UNKNOWN_LEADER_EPOCH" | undefined {
  if (known < 0 || known === current) return undefined;
  return known < current ? "FENCED_LEADER_EPOCH" : "UNKNOWN_LEADER_EPOCH";
}
