// The way of a produced batch into its partition: checked, given its offsets, copied into the open journal group.
import type { TopicConfig, TopicImage } from "@moldau/metadata";
import type { ErrorName } from "@moldau/protocol";
import {
  type BatchHeader,
  checkBatch,
  patchBatch,
  type RecordRules,
  RecordsError,
  readBatchHeader,
  recompressBatch,
  setLogAppendTime,
  validateRecords,
} from "@moldau/records";
import { assert } from "@moldau/std";
import { StorageError } from "@moldau/storage";
import type { Partition } from "./partition.js";
import type { Partitions } from "./partitions.js";

/** What became of a batch. */
export type AppendOutcome =
  | {
      readonly kind: "appended";
      readonly baseOffset: number;
      /** -1 unless the topic stamps records itself (message.timestamp.type=LogAppendTime). */
      readonly logAppendTimeMs: number;
      /** Settles when the batch is durable, or lost. */
      readonly durable: Promise<void>;
      readonly partition: Partition;
    }
  | Refusal;

export interface Refusal {
  readonly kind: "refused";
  readonly error: ErrorName;
  readonly message: string;
  readonly recordErrors?: readonly { readonly batchIndex: number; readonly batchIndexErrorMessage: string }[];
}

export const refusal = (error: ErrorName, message: string): Refusal => ({ kind: "refused", error, message });

export interface AppendTo {
  readonly topic: TopicImage;
  readonly config: TopicConfig;
  readonly partition: Partition;
  readonly partitions: Partitions;
  readonly nowMs: number;
  /** What the transaction's coordinator has said; undefined when it was not asked. */
  readonly verified: VerifiedTransaction | undefined;
}

/** The producer has a transaction open that this partition is part of: so it was when the partition had this for its last marker. */
export interface VerifiedTransaction {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly lastMarkerOffset: number;
  /** Each of its transactions has an epoch of its own (KIP-890, version 2). */
  readonly raisesEpoch: boolean;
}

/** Open at once in one partition. Each is remembered until it ends, which it does when its time is up at the latest. */
export const OPEN_TRANSACTIONS = 10_000;

const NO_TIMESTAMP = -1;

/** Appends the one batch that `bytes` hold. `bytes` are patched in place, and free again once this resolves. */
export async function appendBatch(bytes: Uint8Array, to: AppendTo): Promise<AppendOutcome> {
  const checked = check(bytes, to);
  if ("kind" in checked) return checked;
  const { partition, partitions } = to;
  // Backpressure: while the journal has no room, the connection that waits here is not read.
  const room = partitions.store.admit(checked.batch.length);
  if (room) {
    try {
      await room;
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      partition.producers().refuse(checked.header);
      return refusal("KAFKA_STORAGE_ERROR", error.message);
    }
  }
  return append(checked, partition, to.verified);
}

interface CheckedBatch {
  readonly batch: Uint8Array;
  readonly header: BatchHeader;
  readonly logAppendTimeMs: number;
}

function check(bytes: Uint8Array, to: AppendTo): CheckedBatch | Refusal {
  const fault = checkBatch(bytes, 0, bytes.length);
  if (fault) return refusal(fault.error, fault.message);
  const header = readBatchHeader(bytes, 0);
  if (header.sizeBytes !== bytes.length) return refusal("INVALID_RECORD", "more than one batch for a partition in one request");
  if (header.control) return refusal("INVALID_RECORD", "only the broker writes control batches");
  const { config, partitions } = to;
  const largest = Math.min(config.maxMessageBytes, partitions.store.maxBatchBytes);
  if (bytes.length > largest) {
    return refusal("MESSAGE_TOO_LARGE", `a batch of ${bytes.length} bytes; ${to.topic.name} takes at most ${largest} (max.message.bytes)`);
  }
  return checkRecords(bytes, to) ?? conform(bytes, header, to);
}

/** Every record is passed over once, as Kafka does: one that cannot be read would stop all consumers of the partition behind it. */
function checkRecords(bytes: Uint8Array, { config, nowMs, topic }: AppendTo): Refusal | undefined {
  const rules = recordRules(config, nowMs);
  const faults = validateRecords(bytes, 0, rules);
  const [first] = faults;
  if (!first) return undefined;
  return {
    ...refusal(first.error, `${topic.name}: ${faults.length} records of the batch cannot be stored, the first because ${first.message}`),
    recordErrors: faults.map(({ batchIndex, message }) => ({ batchIndex, batchIndexErrorMessage: message })),
  };
}

function recordRules(config: TopicConfig, nowMs: number): RecordRules {
  const keysRequired = config.compacted;
  // A topic that stamps its records itself takes any timestamp.
  if (config.timestampType === "LogAppendTime") return { keysRequired };
  return { keysRequired, earliestTimestamp: nowMs - config.timestampBeforeMaxMs, latestTimestamp: nowMs + config.timestampAfterMaxMs };
}

/** Changes what the topic wants otherwise: the compression, the timestamps. */
function conform(bytes: Uint8Array, header: BatchHeader, { config, nowMs }: AppendTo): CheckedBatch | Refusal {
  const wanted = config.compressionType;
  const compressed = wanted === "producer" || wanted === header.compression ? bytes : recompress(bytes, config);
  if ("kind" in compressed) return compressed;
  const stamped = config.timestampType === "LogAppendTime";
  if (stamped) setLogAppendTime(compressed, 0, nowMs);
  const unchanged = compressed === bytes && !stamped;
  return {
    batch: compressed,
    header: unchanged ? header : readBatchHeader(compressed, 0),
    logAppendTimeMs: stamped ? nowMs : NO_TIMESTAMP,
  };
}

function recompress(bytes: Uint8Array, { compressionType, compressionLevel }: TopicConfig): Uint8Array | Refusal {
  assert(compressionType !== "producer", "the producer's compression needs no other");
  try {
    return recompressBatch(bytes, 0, compressionType, compressionLevel);
  } catch (error) {
    if (error instanceof RecordsError) return refusal("INVALID_RECORD", error.message);
    throw error;
  }
}

/** Without giving up the turn: between the sequence check and the append nothing may come. */
function append(
  { batch, header, logAppendTimeMs }: CheckedBatch,
  partition: Partition,
  verified: VerifiedTransaction | undefined,
): AppendOutcome {
  if (partition.deleted()) return refusal("UNKNOWN_TOPIC_OR_PARTITION", "the topic was deleted");
  const verdict = partition.producers().check(header);
  if (verdict.kind === "refused") return refusal(verdict.error, verdict.message);
  if (verdict.kind === "duplicate") {
    return {
      kind: "appended",
      baseOffset: verdict.batch.baseOffset,
      logAppendTimeMs: logAppendTimeMs === NO_TIMESTAMP ? NO_TIMESTAMP : verdict.batch.timestamp,
      durable: partition.durable(verdict.batch),
      partition,
    };
  }
  const stray = header.transactional ? strayProblem(header, partition, verified) : undefined;
  if (stray) return stray;
  if (header.transactional && hasTooManyOpen(partition, header)) {
    partition.producers().refuse(header);
    // Of the errors at which all clients try again, the one that says "later".
    return refusal("NOT_ENOUGH_REPLICAS", `${OPEN_TRANSACTIONS} transactions are open in the partition: one of them has to end first`);
  }
  patchBatch(batch, 0, { baseOffset: partition.log.endOffset, leaderEpoch: partition.leaderEpoch });
  try {
    return { kind: "appended", logAppendTimeMs, partition, ...partition.append(batch, header) };
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    partition.producers().refuse(header);
    return refusal("KAFKA_STORAGE_ERROR", error.message);
  }
}

function hasTooManyOpen(partition: Partition, { producerId }: BatchHeader): boolean {
  const { transactions } = partition.producers();
  return transactions.openCount() >= OPEN_TRANSACTIONS && transactions.firstOffset(producerId) === undefined;
}

/** A batch of a transaction that is not open would stay undecided for ever, and stop all who read what is committed (KIP-890). */
function strayProblem(header: BatchHeader, partition: Partition, verified: VerifiedTransaction | undefined): Refusal | undefined {
  const producers = partition.producers();
  const { producerId, producerEpoch, baseSequence } = header;
  if (producers.inTransaction(header)) return undefined;
  const open =
    verified?.producerId === producerId &&
    verified.producerEpoch === producerEpoch &&
    verified.lastMarkerOffset === producers.lastMarkerOffset(producerId);
  // Nobody was asked, for the partition could not be opened then; or its transaction has ended, or its disk failed, since the answer.
  // Who tries again is asked about again.
  if (!open) {
    producers.refuse(header);
    return refusal("NOT_ENOUGH_REPLICAS", `whether producer ${producerId} has a transaction open here must be asked again`);
  }
  if (!verified.raisesEpoch || baseSequence === 0) return undefined;
  return refusal("OUT_OF_ORDER_SEQUENCE_NUMBER", `a transaction of producer ${producerId} begins with sequence ${baseSequence}, not 0`);
}
