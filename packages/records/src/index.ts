export {
  type BatchBuilder,
  type BatchBuilderOptions,
  type BatchMemory,
  batchBuilder,
  type HeaderInput,
  type SealedBatch,
  type SealOptions,
} from "./batch-builder.js";
export { type BatchInput, buildBatch, type RecordInput } from "./build.js";
export { type BatchFault, batchCrc, checkBatch, checkStoredBatch, type FaultError, type FaultKind } from "./check.js";
export { compress, DEFAULT_MAX_DECOMPRESSED_BYTES, decompress } from "./compression/codecs.js";
export { COMPRESSIONS, type CompressionName, compressionId, compressionName } from "./compression/names.js";
export { type ControlType, controlBatch, controlType, coordinatorEpoch, type EndTransaction } from "./control.js";
export { RecordsError } from "./errors.js";
export {
  type BatchHeader,
  batchAttributes,
  batchBaseOffset,
  batchBaseSequence,
  batchCompression,
  batchLastOffset,
  batchLeaderEpoch,
  batchMagic,
  batchMaxTimestamp,
  batchProducerEpoch,
  batchProducerId,
  batchRecordCount,
  batchSizeBytes,
  readBatchHeader,
  type TimestampType,
} from "./header.js";
export { type ReadOptions, records } from "./iterate.js";
export { ABSENT, BATCH_HEADER_BYTES, BATCH_LENGTH_OVERHEAD, CURRENT_MAGIC } from "./layout.js";
export { type BatchProducer, patchBatch, setBatchProducer, setLogAppendTime } from "./patch.js";
export { recompressBatch } from "./recompress.js";
export type { Record, RecordHeader } from "./record.js";
export { BatchRetainer, emptyBatch } from "./retain.js";
export { RecordScan } from "./scan.js";
export { type RecordFault, type RecordRules, validateRecords } from "./validate.js";
export { batches, nextBatch } from "./walk.js";
