// Where partitions begin and end, what lay there at a time; and records deleted up to an offset.
import { DeleteRecords, ListOffsets, type ResponseOf } from "@moldau/protocol";
import type { Cluster } from "../cluster/cluster.js";
import { ClientError, errorOf } from "../errors.js";
import { outcome, type PerItem } from "./outcome.js";
import { type AdminOptions, inRounds, matched } from "./rounds.js";
import { type TopicPartition, toLeader } from "./routes.js";
import { byTopic, flattened, partitionKey } from "./topic-partitions.js";

/**
 * "earliest": the first offset there is. "latest": after the last. "max-timestamp": the record with the newest time (KIP-734).
 * "earliest-local", "latest-tiered": what is on the broker's own disk, and where that begins (KIP-405, KIP-1005). A number: the first
 * record that is not older, in milliseconds since 1970.
 */
export type OffsetSpec = "earliest" | "latest" | "max-timestamp" | "earliest-local" | "latest-tiered" | number;

export interface OffsetQuestion extends TopicPartition {
  readonly at: OffsetSpec;
}

export interface OffsetFound extends TopicPartition {
  /** Undefined when there is no such record: all are older. */
  readonly offset: number | undefined;
  /** Of the record, where it was asked for by time; else undefined. */
  readonly timestamp: number | undefined;
  readonly leaderEpoch: number | undefined;
}

export interface DeletionPoint extends TopicPartition {
  /** Everything before it goes; "latest" stands for all there is now. */
  readonly before: number | "latest";
}

export interface Deleted extends TopicPartition {
  /** The first offset that is left. */
  readonly lowWatermark: number;
}

export interface ListOffsetsOptions extends AdminOptions {
  /** read_committed ends before the first open transaction. */
  readonly isolation?: "read_uncommitted" | "read_committed";
}

export interface Offsets {
  /** Errors: UNKNOWN_TOPIC_OR_PARTITION, UNSUPPORTED_BY_BROKER for what an old broker does not know. */
  list(questions: readonly OffsetQuestion[], options?: ListOffsetsOptions): PerItem<OffsetQuestion, OffsetFound>;
  /** Errors: OFFSET_OUT_OF_RANGE, POLICY_VIOLATION (compacted topics), … (KIP-107) */
  deleteRecords(points: readonly DeletionPoint[], options?: AdminOptions): PerItem<DeletionPoint, Deleted>;
}

/** What stands for it on the wire, and the first version that knows it. */
const SPECIAL = {
  latest: { timestamp: -1, since: 1 },
  earliest: { timestamp: -2, since: 1 },
  "max-timestamp": { timestamp: -3, since: 7 },
  "earliest-local": { timestamp: -4, since: 8 },
  "latest-tiered": { timestamp: -5, since: 9 },
} as const;
const HIGH_WATERMARK = -1;

export function offsetsOf(cluster: Cluster): Offsets {
  const { requestTimeoutMs } = cluster.settings;
  return {
    list: (questions, { isolation = "read_uncommitted", ...options } = {}) =>
      inRounds(
        cluster,
        questions,
        toLeader(cluster, (question) => question),
        async (ask, nodeId, some) => {
          const asking = withoutRepeats(some).map(async (questions) => {
            const answer = await ask(nodeId, ListOffsets, (version) => ({
              replicaId: -1,
              isolationLevel: version >= 2 && isolation === "read_committed" ? 1 : 0,
              topics: byTopic(questions, ({ partition, at }) => ({ partitionIndex: partition, timestamp: timestampOf(at, version) })),
              timeoutMs: options.timeoutMs ?? requestTimeoutMs,
            }));
            return matched(questions, partitionKey, flattened(answer.topics), partitionKey, foundOf);
          });
          return (await Promise.all(asking)).flat();
        },
        options,
      ),
    deleteRecords: (points, options = {}) =>
      inRounds(
        cluster,
        points,
        toLeader(cluster, (point) => point),
        async (ask, nodeId, some) => {
          const answer = await ask(nodeId, DeleteRecords, {
            topics: byTopic(some, ({ partition, before }) => ({
              partitionIndex: partition,
              offset: before === "latest" ? HIGH_WATERMARK : before,
            })),
            timeoutMs: options.timeoutMs ?? requestTimeoutMs,
          });
          return matched(some, partitionKey, flattened(answer.topics), partitionKey, (item, { topic, partition, answer: deleted }) =>
            outcome(item, errorOf(deleted.errorCode, undefined, { topic, partition }), () => ({
              topic,
              partition,
              lowWatermark: deleted.lowWatermark,
            })),
          );
        },
        options,
      ),
  };
}

type Answer = ResponseOf<typeof ListOffsets>["topics"][number]["partitions"][number];

const foundOf = (item: OffsetQuestion, { topic, partition, answer }: TopicPartition & { readonly answer: Answer }) =>
  outcome(item, errorOf(answer.errorCode, undefined, { topic, partition }), () => ({
    topic,
    partition,
    offset: known(answer.offset),
    timestamp: known(answer.timestamp),
    leaderEpoch: known(answer.leaderEpoch),
  }));

/** A request may name a partition once: several questions about one go out in several. */
function withoutRepeats(questions: readonly OffsetQuestion[]): readonly (readonly OffsetQuestion[])[] {
  const times = new Map<string, number>();
  const requests: OffsetQuestion[][] = [];
  for (const question of questions) {
    const key = partitionKey(question);
    const before = times.get(key) ?? 0;
    times.set(key, before + 1);
    const request = requests[before] ?? [];
    request.push(question);
    requests[before] = request;
  }
  return requests;
}

const known = (value: number): number | undefined => (value < 0 ? undefined : value);

function timestampOf(at: OffsetSpec, version: number): number {
  if (typeof at === "number") return at;
  const { timestamp, since } = SPECIAL[at];
  if (version < since) throw new ClientError("UNSUPPORTED_BY_BROKER", `the broker is too old to find the offset "${at}"`);
  return timestamp;
}
