// Records and batches as programs get them. Nothing is decompressed before the first record of a batch is asked for; keys and values are
// views of what was fetched.
import { type BatchHeader, type RecordHeader, RecordScan, RecordsError } from "@moldau/records";
import { ClientError } from "../errors.js";
import type { ConsumerOptions, Deserializer } from "./options.js";
import type { TopicPartition } from "./topic-partition.js";

export interface ConsumerRecord<Key = Uint8Array | null, Value = Uint8Array | null> extends TopicPartition {
  readonly offset: number;
  /** Milliseconds since the epoch, of creation or of appending, as the topic says; -1 when there is none. */
  readonly timestamp: number;
  readonly key: Key;
  readonly value: Value;
  readonly headers: readonly RecordHeader[];
}

export interface ConsumerBatch<Key = Uint8Array | null, Value = Uint8Array | null> extends TopicPartition {
  /** Decoded one by one, each time they are gone through; `[...records]` keeps them. Offsets may leave some out. */
  readonly records: Iterable<ConsumerRecord<Key, Value>>;
  readonly firstOffset: number;
  readonly lastOffset: number;
  /** One past the last offset that is committed to all replicas, when the batch was fetched. */
  readonly highWatermark: number;
  /** How many offsets come after this batch, as far as was known when it was fetched. */
  readonly lag: number;
}

/** A batch of a partition, from an offset on, that lies in what was fetched. */
export interface FetchedBatch extends TopicPartition {
  readonly bytes: Uint8Array;
  readonly position: number;
  readonly header: BatchHeader;
  /** Records before it are left out: the partition was read up to there before. */
  readonly fromOffset: number;
}

/** The next record; undefined at the end. Throws ClientError. */
export type RecordReader<Key, Value> = () => ConsumerRecord<Key, Value> | undefined;

type Deserializers<Key, Value> = NonNullable<ConsumerOptions<Key, Value>["deserializers"]>;

/** Decompresses the batch. Throws ClientError CORRUPT_MESSAGE, as the reader does, or INVALID_RECORD where a deserializer failed. */
export function recordReader<Key, Value>(batch: FetchedBatch, deserializers: Deserializers<Key, Value>): RecordReader<Key, Value> {
  const { topic, partition, header, fromOffset } = batch;
  const scan = guarded(batch, () => new RecordScan(batch.bytes, batch.position, header));
  const logAppendTime = header.timestampType === "LogAppendTime" ? header.maxTimestamp : undefined;
  const deserializeKey = deserializers.key as Deserializer<unknown> | undefined;
  const deserializeValue = deserializers.value as Deserializer<unknown> | undefined;

  const read = () => {
    const { offset } = scan;
    const timestamp = logAppendTime ?? scan.timestamp;
    const headers = scan.headers();
    let key: unknown = scan.key();
    let value: unknown = scan.value();
    if (deserializeKey || deserializeValue) {
      const place = { topic, partition, offset, headers };
      if (deserializeKey) key = deserialized(deserializeKey, key as Uint8Array | null, place);
      if (deserializeValue) value = deserialized(deserializeValue, value as Uint8Array | null, place);
    }
    return { topic, partition, offset, timestamp, key, value, headers } as ConsumerRecord<Key, Value>;
  };
  return () => {
    try {
      while (scan.next()) if (scan.offset >= fromOffset) return read();
      return undefined;
    } catch (error) {
      throw damaged(batch, error);
    }
  };
}

function deserialized(deserialize: Deserializer<unknown>, bytes: Uint8Array | null, place: Parameters<Deserializer<unknown>>[1]): unknown {
  try {
    return deserialize(bytes, place);
  } catch (cause) {
    const { topic, partition, offset } = place;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ClientError("INVALID_RECORD", `record ${offset} of ${topic}/${partition} cannot be deserialized: ${why}`, {
      topic,
      partition,
      cause,
    });
  }
}

function guarded<Result>(batch: FetchedBatch, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw damaged(batch, error);
  }
}

function damaged({ topic, partition, header }: FetchedBatch, cause: unknown): unknown {
  if (!(cause instanceof RecordsError)) return cause;
  const message = `the batch at offset ${header.baseOffset} of ${topic}/${partition} cannot be read: ${cause.message}`;
  return new ClientError("CORRUPT_MESSAGE", message, { topic, partition, cause });
}

/** The records of a batch, as often as they are gone through. */
export function recordsOf<Key, Value>(open: () => RecordReader<Key, Value>): Iterable<ConsumerRecord<Key, Value>> {
  return {
    [Symbol.iterator]() {
      const read = open();
      return {
        next() {
          const value = read();
          return value === undefined ? { done: true, value } : { done: false, value };
        },
      };
    },
  };
}
