// How far one partition has been read: what is fetched runs ahead of what is handed out.
//
//   committed ≤ position (next to hand out) ≤ fetchPosition (next to fetch)
//
// Invariant: what was fetched under another incarnation is never handed out: seeking begins a new one.
import { keyOf, type TopicPartition } from "../topic-partition.js";

export interface PartitionState extends TopicPartition {
  readonly key: string;
  /** Of the topic that its positions are of: one that is deleted and created again has another. */
  topicId: string | undefined;
  /** The next offset to hand out; -1 while it is not known. */
  position: number;
  /** Leader epoch of what was handed out last; -1 when not known. */
  positionEpoch: number;
  fetchPosition: number;
  /** Leader epoch of what was fetched last; -1 when not known. */
  fetchEpoch: number;
  /** Up to which leader's epoch it is known that its log holds what was read (KIP-320). */
  checkedEpoch: number;
  incarnation: number;
  paused: boolean;
  /** It is about to go to another: nothing more is handed out. */
  leaving: boolean;
  /** Something is asked about it first: where to begin, who leads it, whether it was truncated. */
  waiting: boolean;
  /** Failures in a row. */
  failures: number;
  /** What is committed, as far as we did it. */
  committed: number;
  highWatermark: number;
  /** Closer than the leader (KIP-392). */
  replica: { readonly nodeId: number; readonly untilMs: number } | undefined;
}

/** Without an offset its position is to be found out. */
export function partitionState({ topic, partition, offset = -1 }: TopicPartition & { readonly offset?: number }): PartitionState {
  return {
    topic,
    partition,
    key: keyOf({ topic, partition }),
    topicId: undefined,
    position: offset,
    positionEpoch: -1,
    fetchPosition: offset,
    fetchEpoch: -1,
    checkedEpoch: -1,
    incarnation: 0,
    paused: false,
    leaving: false,
    waiting: false,
    failures: 0,
    committed: -1,
    highWatermark: -1,
    replica: undefined,
  };
}

/** From there on, whatever was fetched. -1: it is to be found out where. */
export function seek(state: PartitionState, offset: number, epoch = -1): void {
  state.position = offset;
  state.positionEpoch = epoch;
  state.fetchPosition = offset;
  state.fetchEpoch = epoch;
  state.checkedEpoch = -1;
  state.incarnation++;
  state.replica = undefined;
}

/** What was fetched and not handed out is fetched again. */
export const refetch = (state: PartitionState): void => seek(state, state.position, state.positionEpoch);

export const isFetchable = (state: PartitionState): boolean =>
  state.fetchPosition >= 0 && !state.paused && !state.leaving && !state.waiting;
