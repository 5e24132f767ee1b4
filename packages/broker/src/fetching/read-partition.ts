// One partition's part of a fetch: is the request sound, where may it read, which bytes are there.
import type { ErrorName } from "@moldau/protocol";
import type { LogSlice } from "@moldau/storage";
import type { Partition } from "../partitions/partition.js";
import type { PartitionRequest } from "./sessions.js";

/** What a partition answers, before it is put on the wire. */
export interface PartitionRead {
  readonly error: ErrorName;
  readonly highWatermark: number;
  readonly logStartOffset: number;
  /** The client's log went another way at this epoch (KIP-595). */
  readonly diverging: { readonly epoch: number; readonly endOffset: number } | undefined;
  readonly slice: LogSlice | undefined;
}

export interface ReadBudget {
  readonly maxBytes: number;
  /** Give a whole batch even when it is larger than maxBytes. */
  readonly atLeastOne: boolean;
}

export const failed = (error: ErrorName): PartitionRead => ({
  error,
  highWatermark: -1,
  logStartOffset: -1,
  diverging: undefined,
  slice: undefined,
});

/** Reads at once when the bytes are in memory; else a promise. Failures of storage become error codes through `failure`. */
export function readPartition(
  partition: Partition,
  request: PartitionRequest,
  budget: ReadBudget,
  failure: (partition: Partition, error: unknown) => ErrorName,
): PartitionRead | Promise<PartitionRead> {
  const { log, leaderEpoch } = partition;
  if (partition.deleted()) return failed("UNKNOWN_TOPIC_OR_PARTITION");
  const wrongEpoch = checkLeaderEpoch(request.currentLeaderEpoch, leaderEpoch);
  if (wrongEpoch) return failed(wrongEpoch);

  const state = { highWatermark: log.highWatermark, logStartOffset: log.logStartOffset };
  const answer = (slice: LogSlice | undefined): PartitionRead => ({
    error: "NONE",
    ...state,
    diverging: undefined,
    slice,
  });
  if (request.lastFetchedEpoch >= 0) {
    const end = partition.endOfEpoch(request.lastFetchedEpoch);
    if (!end || request.lastFetchedEpoch > leaderEpoch) return failed("OFFSET_OUT_OF_RANGE");
    if (end.epoch < request.lastFetchedEpoch || end.endOffset < request.fetchOffset) return { ...answer(undefined), diverging: end };
  }
  const { fetchOffset } = request;
  if (fetchOffset < state.logStartOffset || fetchOffset > state.highWatermark) return failed("OFFSET_OUT_OF_RANGE");
  if (fetchOffset === state.highWatermark || (budget.maxBytes <= 0 && !budget.atLeastOne)) return answer(undefined);
  try {
    const slice = log.read(fetchOffset, { ...budget, below: state.highWatermark });
    if (slice instanceof Promise) return slice.then(answer, (error: unknown) => failed(failure(partition, error)));
    return answer(slice);
  } catch (error) {
    return failed(failure(partition, error));
  }
}

/** KIP-320: a client that knows an older epoch than ours must refresh its metadata; one that knows a newer must wait for us. */
export function checkLeaderEpoch(known: number, current: number): "FENCED_LEADER_EPOCH" | "UNKNOWN_LEADER_EPOCH" | undefined {
  if (known < 0 || known === current) return undefined;
  return known < current ? "FENCED_LEADER_EPOCH" : "UNKNOWN_LEADER_EPOCH";
}
