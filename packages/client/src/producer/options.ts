// What a producer is made with, and what it is told to send.
import { COMPRESSIONS, type CompressionName } from "@moldau/records";
import { ClientError } from "../errors.js";

export type Bytes = string | Uint8Array | null;

export type HeaderValue = string | Uint8Array | null;
/** By name, or as pairs where a name comes twice. */
export type Headers = Readonly<Record<string, HeaderValue>> | readonly (readonly [string, HeaderValue])[];

export interface ProducerRecord<Key = Bytes, Value = Bytes> {
  readonly topic: string;
  readonly key?: Key | null;
  /** Null, or absent, is a tombstone where the topic is compacted. */
  readonly value?: Value | null;
  readonly headers?: Headers;
  /** By default the partitioner's choice. */
  readonly partition?: number;
  /** Milliseconds since the epoch; by default now. */
  readonly timestamp?: number;
}

/** Where a record went. */
export interface Delivery {
  readonly topic: string;
  readonly partition: number;
  /** -1 where nobody said: acks 0, or an acknowledgement that was lost and came again too late to know. */
  readonly offset: number;
  /** The broker's where the topic says LogAppendTime, else the record's own. */
  readonly timestamp: number;
}

/** Strings are written as UTF-8. */
export type Serializer<Data> = (data: Data, topic: string) => Bytes;

/** What a partitioner decides by. */
export interface PartitionChoice {
  readonly topic: string;
  /** Strings are UTF-8 in the topic. */
  readonly key: Bytes;
  readonly value: Bytes;
  /** Partitions of the topic: the answer is a number from 0 to one less. */
  readonly partitions: number;
}

/** Undefined leaves the choice to the default partitioner. */
export type Partitioner = (choice: PartitionChoice) => number | undefined;

export type Acks = "all" | 0 | 1;

export interface ProducerOptions<Key = Bytes, Value = Bytes> {
  /** When a record counts as sent: "all" when it is durable, 1 when the leader has it, 0 when it has left. Default "all". */
  readonly acks?: Acks;
  /** How long a batch waits for more records. Default 0: what comes while requests are under way is batched all the same. */
  readonly lingerMs?: number;
  /** Bytes of records, before compression, of one batch. Default 512 KiB. */
  readonly batchBytes?: number;
  readonly compression?: CompressionName;
  readonly compressionLevel?: number;
  /** Whether each record is stored once, and in order, whatever is tried again. Default true unless acks says otherwise. */
  readonly idempotent?: boolean;
  /** Requests under way to one broker. Default 5, the most that an idempotent producer may have. */
  readonly maxInFlight?: number;
  /** Bytes of one request. Default 4 MiB. */
  readonly requestBytes?: number;
  /** Bytes of records that are not acknowledged yet; beyond it, sends wait. Default 64 MiB. */
  readonly bufferBytes?: number;
  /** After as long a record that is not acknowledged is given up. Default 2 minutes. */
  readonly deliveryTimeoutMs?: number;
  readonly partitioner?: Partitioner;
  /** Whether brokers may create a topic that is missing, if they are set up so. Default true. */
  readonly autoCreateTopics?: boolean;
  readonly serializers?: { readonly key?: Serializer<Key>; readonly value?: Serializer<Value> };
  /** Makes the producer transactional: of all that use the same id, the newest works and the others are fenced. */
  readonly transactionalId?: string;
  /** After as long the cluster aborts a transaction on its own. Default 1 minute. */
  readonly transactionTimeoutMs?: number;
}

/** Options with nothing left open but what may be absent. */
export interface ProducerSettings {
  readonly acks: Acks;
  readonly lingerMs: number;
  readonly batchBytes: number;
  readonly compression: CompressionName;
  readonly compressionLevel: number | undefined;
  readonly idempotent: boolean;
  readonly maxInFlight: number;
  readonly requestBytes: number;
  readonly bufferBytes: number;
  readonly deliveryTimeoutMs: number;
  readonly partitioner: Partitioner | undefined;
  readonly autoCreateTopics: boolean;
  readonly transactionalId: string | undefined;
  readonly transactionTimeoutMs: number;
}

/** Requests that brokers remember of an idempotent producer, to tell what comes twice. */
const MAX_IN_FLIGHT_IDEMPOTENT = 5;
const KIB = 1024;
const MIB = 1024 * KIB;

const refuse = (message: string): never => {
  throw new ClientError("INVALID_ARGUMENT", message);
};

/** Throws ClientError INVALID_ARGUMENT. */
export function producerSettingsOf<Key, Value>({ serializers: _, ...options }: ProducerOptions<Key, Value>): ProducerSettings {
  const acks = options.acks ?? "all";
  const settings: ProducerSettings = {
    lingerMs: 0,
    batchBytes: 512 * KIB,
    compression: "none",
    compressionLevel: undefined,
    idempotent: acks === "all",
    maxInFlight: 5,
    requestBytes: 4 * MIB,
    bufferBytes: 64 * MIB,
    deliveryTimeoutMs: 120_000,
    partitioner: undefined,
    autoCreateTopics: true,
    transactionalId: undefined,
    transactionTimeoutMs: 60_000,
    ...options,
    acks,
  };
  const { idempotent, transactionalId, maxInFlight, compression } = settings;
  for (const name of ["batchBytes", "maxInFlight", "requestBytes", "bufferBytes", "deliveryTimeoutMs", "transactionTimeoutMs"] as const) {
    if (!(settings[name] >= 1)) refuse(`${name} is ${settings[name]}: it must be at least 1`);
  }
  if (!(settings.lingerMs >= 0)) refuse(`lingerMs is ${settings.lingerMs}: it must not be negative`);
  if (!COMPRESSIONS.includes(compression)) refuse(`compression is "${compression}": it must be one of ${COMPRESSIONS.join(", ")}`);
  if (acks !== "all" && acks !== 0 && acks !== 1) refuse(`acks is ${acks}: it must be "all", 1 or 0`);
  if (idempotent && acks !== "all") refuse(`an idempotent producer needs acks "all", not ${acks}`);
  if (idempotent && maxInFlight > MAX_IN_FLIGHT_IDEMPOTENT) {
    refuse(`an idempotent producer may have ${MAX_IN_FLIGHT_IDEMPOTENT} requests in flight, not ${maxInFlight}`);
  }
  if (transactionalId !== undefined && !idempotent) refuse("a transactional producer is idempotent");
  return settings;
}
