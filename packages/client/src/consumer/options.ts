// What a consumer is made with.
import type { RecordHeader } from "@moldau/records";
import { ClientError } from "../errors.js";
import type { TopicPartition } from "./topic-partition.js";

/** Where to begin in a partition of which nothing is committed, or whose committed offset is gone. */
export type StartFrom =
  | "earliest"
  | "latest"
  /** The first record that is not older, in milliseconds since the epoch. */
  | { readonly timestamp: number };

export type GroupProtocol = "auto" | "consumer" | "classic";
export type AssignorName = "cooperative-sticky" | "range";
export type Isolation = "read_committed" | "read_uncommitted";

export interface RecordPlace extends TopicPartition {
  readonly offset: number;
  readonly headers: readonly RecordHeader[];
}

/** Null bytes are an absent key, or a tombstone. What it throws comes out of the loop as ClientError INVALID_RECORD. */
export type Deserializer<Data> = (bytes: Uint8Array | null, place: RecordPlace) => Data;

export interface ConsumerOptions<Key = Uint8Array | null, Value = Uint8Array | null> {
  /** Partitions are shared among the consumers of a group, and it remembers how far they have come. */
  readonly group?: string;
  /** By name or by pattern; topics that are created later are found. Without a group, all their partitions are read. */
  readonly topics?: string | RegExp | readonly (string | RegExp)[];
  /** Exactly these partitions, of no group's choice. Without an offset: from what the group has committed, else as `from` says. */
  readonly assign?: readonly (TopicPartition & { readonly offset?: number })[];
  /** Default "latest". */
  readonly from?: StartFrom;
  /**
   * "read_committed", the default as in librdkafka and kafkajs, keeps back what belongs to open or aborted transactions. Where there are
   * none it costs nothing; Java's "read_uncommitted" shows programs records that never were.
   */
  readonly isolation?: Isolation;
  readonly deserializers?: { readonly key?: Deserializer<Key>; readonly value?: Deserializer<Value> };

  /** How often what was processed is committed; false: only when told to. Default 5 s. */
  readonly autoCommitMs?: number | false;
  /** A name that survives restarts: the member keeps its partitions while it is away for less than a session (KIP-345). */
  readonly instanceId?: string;
  /** "auto", the default: KIP-848's where the cluster has it, else the classic one. */
  readonly protocol?: GroupProtocol;
  /**
   * Classic groups only: how its leader may hand out partitions, the preferred way first. Default "cooperative-sticky", or "range" where the
   * group is one of those. Both at once make every rebalance stop the whole group, as in Java.
   */
  readonly assignors?: readonly AssignorName[];
  /** Classic groups only (the broker decides in others): a member that is not heard of for as long is taken for dead. Default 45 s. */
  readonly sessionTimeoutMs?: number;
  /** Classic groups only. Default 3 s. */
  readonly heartbeatIntervalMs?: number;
  /** A program that does not ask for the next record for as long gives its partitions up to others. Default 5 minutes. */
  readonly maxPollMs?: number;
  /** New partitions; before anything is read from them, so that it may seek. */
  readonly onAssigned?: (partitions: readonly TopicPartition[]) => unknown;
  /** These go to others when it is done. What was processed of them is committed; the partitions are still ours. */
  readonly onRevoked?: (partitions: readonly TopicPartition[]) => unknown;
  /** These went to others already: the group took us for dead. */
  readonly onLost?: (partitions: readonly TopicPartition[]) => unknown;

  /** Bytes kept ready beyond what the program has in hand. Default 32 MiB. */
  readonly prefetchBytes?: number;
  /** Bytes of one fetch. Default 50 MiB. */
  readonly fetchMaxBytes?: number;
  /** Bytes of one fetch from one partition; one batch is fetched however large it is. Default 1 MiB. */
  readonly partitionMaxBytes?: number;
  /** A fetch is answered when there are as many bytes, … Default 1. */
  readonly fetchMinBytes?: number;
  /** … or after as long. Default 500 ms. */
  readonly fetchMaxWaitMs?: number;
  /** Where the consumer is: it fetches from a replica there, if brokers are set up so (KIP-392). */
  readonly rack?: string;
  /** Whether checksums are verified. Default true. */
  readonly verifyChecksums?: boolean;
  /** Closes the consumer. */
  readonly signal?: AbortSignal;
}

/** Options with nothing left open but what may be absent. */
export interface ConsumerSettings {
  readonly group: string | undefined;
  readonly topics: readonly (string | RegExp)[];
  readonly assign: readonly (TopicPartition & { readonly offset?: number })[] | undefined;
  readonly from: StartFrom;
  readonly isolation: Isolation;
  readonly autoCommitMs: number | false;
  readonly instanceId: string | undefined;
  readonly protocol: GroupProtocol;
  readonly assignors: readonly AssignorName[] | undefined;
  readonly sessionTimeoutMs: number;
  readonly heartbeatIntervalMs: number;
  readonly maxPollMs: number;
  readonly prefetchBytes: number;
  readonly fetchMaxBytes: number;
  readonly partitionMaxBytes: number;
  readonly fetchMinBytes: number;
  readonly fetchMaxWaitMs: number;
  readonly rack: string | undefined;
  readonly verifyChecksums: boolean;
}

const MIB = 1024 * 1024;
const DEFAULTS = {
  from: "latest",
  isolation: "read_committed",
  autoCommitMs: 5_000,
  protocol: "auto",
  sessionTimeoutMs: 45_000,
  heartbeatIntervalMs: 3_000,
  maxPollMs: 300_000,
  prefetchBytes: 32 * MIB,
  fetchMaxBytes: 50 * MIB,
  partitionMaxBytes: MIB,
  fetchMinBytes: 1,
  fetchMaxWaitMs: 500,
  verifyChecksums: true,
} as const;

const refuse = (message: string): never => {
  throw new ClientError("INVALID_ARGUMENT", message);
};

/** Throws ClientError INVALID_ARGUMENT. */
export function consumerSettingsOf<Key, Value>(options: ConsumerOptions<Key, Value>): ConsumerSettings {
  const { topics = [], ...rest } = options;
  const settings: ConsumerSettings = {
    group: undefined,
    assign: undefined,
    instanceId: undefined,
    assignors: undefined,
    rack: undefined,
    ...DEFAULTS,
    ...rest,
    topics: typeof topics === "string" || topics instanceof RegExp ? [topics] : topics,
  };
  if (settings.assign ? settings.topics.length > 0 : settings.topics.length === 0) refuse("a consumer has either topics or assign");
  if (settings.group === "") refuse("a group's name is not empty");
  for (const name of [
    "maxPollMs",
    "sessionTimeoutMs",
    "heartbeatIntervalMs",
    "prefetchBytes",
    "fetchMaxBytes",
    "partitionMaxBytes",
  ] as const) {
    if (!(settings[name] >= 1)) refuse(`${name} is ${settings[name]}: it must be at least 1`);
  }
  if (settings.autoCommitMs !== false && !(settings.autoCommitMs >= 1)) refuse("autoCommitMs is a number of milliseconds, or false");
  if (settings.heartbeatIntervalMs >= settings.sessionTimeoutMs) refuse("heartbeatIntervalMs must be below sessionTimeoutMs");
  if (settings.assignors?.length === 0) refuse("assignors names none");
  return settings;
}
