// What an answer to a fetch means for each partition: records, another place to fetch from, or what went wrong.
import { errorByCode, type Fetch, type ResponseOf } from "@moldau/protocol";
import type { Cluster } from "../../cluster/cluster.js";
import { ClientError, errorOf } from "../../errors.js";
import type { ConsumerSettings } from "../options.js";
import type { LeaderSearch } from "../positions/leaders.js";
import type { PartitionState } from "../positions/partition-state.js";
import type { Wanted } from "./fetch-session.js";
import type { Chunk, FetchedChunks } from "./fetched-chunks.js";
import { endOf, readableBatches } from "./readable-batches.js";

/** What was asked of a partition, and at which of its incarnations. */
export interface Asked {
  readonly state: PartitionState;
  readonly incarnation: number;
  readonly wanted: Wanted;
}

export type PartitionAnswer = ResponseOf<typeof Fetch>["responses"][number]["partitions"][number];

export interface FetchOutcomes {
  /** Chunks have come. */
  readonly arrived: () => void;
  /** There is nothing at the offset any more, or not yet. */
  readonly outOfRange: (state: PartitionState) => void;
  readonly failed: (error: unknown) => void;
}

interface Taking {
  readonly cluster: Cluster;
  readonly settings: ConsumerSettings;
  readonly chunks: FetchedChunks;
  readonly leaders: LeaderSearch;
}

export function takeAnswer(
  taking: Taking,
  nodeId: number,
  answers: Iterable<Asked & { readonly answer: PartitionAnswer }>,
  outcomes: FetchOutcomes,
): void {
  const chunks: Chunk[] = [];
  for (const { answer, ...asked } of answers) {
    // It was sought, revoked or paused since.
    if (asked.incarnation !== asked.state.incarnation) continue;
    if (answer.errorCode !== 0) takeError(taking, nodeId, asked.state, answer.errorCode, outcomes);
    else {
      const chunk = takeRecords(taking, nodeId, asked, answer, outcomes);
      if (chunk) chunks.push(chunk);
    }
  }
  if (chunks.length === 0) return;
  taking.chunks.add(nodeId, chunks);
  outcomes.arrived();
}

function takeRecords(
  { cluster, settings }: Taking,
  nodeId: number,
  { state, incarnation }: Asked,
  { highWatermark, records, abortedTransactions, preferredReadReplica }: PartitionAnswer,
  { failed }: FetchOutcomes,
): Chunk | undefined {
  state.failures = 0;
  if (highWatermark >= 0) state.highWatermark = highWatermark;
  if (preferredReadReplica >= 0 && preferredReadReplica !== nodeId) {
    state.replica = {
      nodeId: preferredReadReplica,
      untilMs: cluster.settings.world.clock.monotonicMs() + cluster.settings.metadataMaxAgeMs,
    };
  }
  if (!records || records.length === 0) return undefined;
  const end = endOf(records);
  if (!end) {
    failed(notReadable(state));
    return undefined;
  }
  const next = readableBatches({
    place: state,
    bytes: records,
    fromOffset: state.fetchPosition,
    aborted: settings.isolation === "read_committed" ? (abortedTransactions ?? []) : undefined,
    verifyChecksums: settings.verifyChecksums,
  });
  state.fetchPosition = Math.max(state.fetchPosition, end.offset);
  state.fetchEpoch = end.epoch;
  return { state, incarnation, bytes: records, next, endOffset: end.offset, endEpoch: end.epoch, highWatermark };
}

function notReadable({ topic, partition, fetchPosition }: PartitionState): ClientError {
  const message = `what ${topic}/${partition} holds at offset ${fetchPosition} is in a format from before Kafka 0.11, or cut off`;
  return new ClientError("UNSUPPORTED_FOR_MESSAGE_FORMAT", message, { topic, partition });
}

function takeError({ leaders }: Taking, nodeId: number, state: PartitionState, errorCode: number, outcomes: FetchOutcomes): void {
  const fromReplica = state.replica?.nodeId === nodeId;
  state.replica = undefined;
  const error = errorByCode(errorCode);
  if (error.name === "OFFSET_OUT_OF_RANGE") {
    // A replica may lag behind its leader, which then decides.
    if (!fromReplica) outcomes.outOfRange(state);
    return;
  }
  if (error.name === "CORRUPT_MESSAGE" || !(error.retriable || error.name === "UNKNOWN_SERVER_ERROR")) {
    const { topic, partition } = state;
    outcomes.failed(errorOf(errorCode, undefined, { topic, partition }));
  } else leaders.lost(state);
}
