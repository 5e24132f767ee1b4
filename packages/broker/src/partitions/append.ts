// The way of a produced batch into its partition: checked, given its offsets, copied into the open journal group.
import type { TopicConfig, TopicImage } from "@moldau/metadata";
import type { ErrorName } from "@moldau/protocol";
import { type BatchHeader, checkBatch, patchBatch, readBatchHeader, recompressBatch, setLogAppendTime, validateRecords } from "@moldau/records";
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
}

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
      if (error instanceof StorageError) return refusal("KAFKA_STORAGE_ERROR", error.message);
      throw error;
    }
  }
  return append(checked, partition);
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
  if (header.transactional) return refusal("INVALID_TXN_STATE", "transactions are not served yet");
  const { config, partitions } = to;
  const largest = Math.min(config.maxMessageBytes, partitions.store.maxBatchBytes);
  if (bytes.length > largest) {
    return refusal("MESSAGE_TOO_LARGE", `a batch of ${bytes.length} bytes; ${to.topic.name} takes at most ${largest} (max.message.bytes)`);
  }
  return checkRecords(bytes, header, to) ?? conform(bytes, header, to);
}

/** Looks into the records only where the header can't answer: that costs a decompression. */
function checkRecords(bytes: Uint8Array, header: BatchHeader, { config, nowMs, topic }: AppendTo): Refusal | undefined {
  const stamped = config.timestampType === "LogAppendTime";
  const latest = nowMs + config.timestampAfterMaxMs;
  const earliest = nowMs - config.timestampBeforeMaxMs;
  const bounded = !stamped && header.maxTimestamp !== NO_TIMESTAMP;
  const suspect = bounded && (header.maxTimestamp > latest || earliest > 0);
  if (!suspect && !config.compacted) return undefined;
  const faults = validateRecords(bytes, 0, {
    keysRequired: config.compacted,
    ...(bounded && { earliestTimestamp: earliest, latestTimestamp: latest }),
  });
  const [first] = faults;
  if (!first) return undefined;
  return {
    ...refusal(first.error, `${faults.length} of the records can't be stored in ${topic.name}: ${first.message}`),
    recordErrors: faults.map(({ batchIndex, message }) => ({ batchIndex, batchIndexErrorMessage: message })),
  };
}

/** Changes what the topic wants otherwise: the compression, the timestamps. */
function conform(bytes: Uint8Array, header: BatchHeader, { config, nowMs }: AppendTo): CheckedBatch {
  const wanted = config.compressionType;
  const batch = wanted === "producer" || wanted === header.compression ? bytes : recompressBatch(bytes, 0, wanted, config.compressionLevel);
  if (config.timestampType !== "LogAppendTime") return { batch, header: batch === bytes ? header : readBatchHeader(batch, 0), logAppendTimeMs: -1 };
  setLogAppendTime(batch, 0, nowMs);
  return { batch, header: readBatchHeader(batch, 0), logAppendTimeMs: nowMs };
}

/** Without giving up the turn: between the sequence check and the append nothing may come. */
function append({ batch, header, logAppendTimeMs }: CheckedBatch, partition: Partition): AppendOutcome {
  if (partition.deleted()) return refusal("UNKNOWN_TOPIC_OR_PARTITION", "the topic was deleted");
  const verdict = partition.producers().check(header);
  if (verdict.kind === "refused") return refusal(verdict.error, verdict.message);
  if (verdict.kind === "duplicate") {
    return { kind: "appended", baseOffset: verdict.batch.baseOffset, logAppendTimeMs, durable: partition.durable(verdict.batch), partition };
  }
  patchBatch(batch, 0, { baseOffset: partition.log.endOffset, leaderEpoch: partition.leaderEpoch });
  try {
    return { kind: "appended", logAppendTimeMs, partition, ...partition.append(batch, header) };
  } catch (error) {
    if (error instanceof StorageError) return refusal("KAFKA_STORAGE_ERROR", error.message);
    throw error;
  }
}
