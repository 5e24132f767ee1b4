// A batch that a broker finds too large, cut in two or three: the same records under the same numbers.
import { type BatchMemory, batchBuilder, batchProducerEpoch, batchProducerId, type CompressionName, records } from "@moldau/records";
import { assert } from "@moldau/std";
import { type Batch, newBatch } from "./batch.js";
import { addSequence } from "./numbering.js";

export interface SplitSettings {
  readonly compression: CompressionName;
  readonly compressionLevel: number | undefined;
  readonly transactional: boolean;
  readonly memory: BatchMemory;
}

/** Header of a batch, and a little. */
const SLACK_BYTES = 128;

/** Parts of about half the size, sealed. */
export function splitBatch(batch: Batch, settings: SplitSettings): readonly Batch[] {
  const { sealed } = batch;
  assert(sealed && batch.recordCount > 1, "what is split was sent, and has several records");
  const parts = cut(batch, sealed.bytes, settings.memory);
  const identity = { producerId: batchProducerId(sealed.bytes, 0), producerEpoch: batchProducerEpoch(sealed.bytes, 0) };
  let done = 0;
  for (const part of parts) {
    part.baseSequence = batch.baseSequence < 0 ? -1 : addSequence(batch.baseSequence, done);
    part.sealed = part.builder.seal({ ...settings, ...identity, baseSequence: part.baseSequence });
    part.wasSent = true;
    takeOver(batch, part, done);
    done += part.recordCount;
  }
  for (const flush of batch.flushes) {
    flush.left += parts.length - 1;
    for (const part of parts) part.flushes.push(flush);
  }
  return parts;
}

function cut(batch: Batch, bytes: Uint8Array, memory: BatchMemory): readonly Batch[] {
  const maxBytes = Math.ceil(batch.sizeBytes / 2) + SLACK_BYTES;
  const { topic, partition, createdAtMs } = batch;
  const ordinalSpan = batch.ordinalSpan / batch.recordCount;
  const parts: Batch[] = [];
  const begin = () => {
    const ordinal = batch.ordinal + parts.length * ordinalSpan;
    const part = newBatch({ topic, partition, ordinal, ordinalSpan, createdAtMs, builder: batchBuilder({ maxBytes, memory }) });
    parts.push(part);
    return part;
  };
  let part = begin();
  for (const { timestamp, key, value, headers } of records(bytes, 0)) {
    const allButOne = part.recordCount === batch.recordCount - 1;
    if (allButOne || !part.builder.append(timestamp, key, value, headers)) {
      part = begin();
      part.builder.append(timestamp, key, value, headers);
    }
    part.recordCount++;
    part.sizeBytes = part.builder.sizeBytes;
  }
  return parts;
}

/** Those who wait for records of the part, which begins `from` records into the batch. */
function takeOver({ waiting }: Batch, part: Batch, from: number): void {
  const { indexes, timestamps, delivered, failed } = waiting;
  for (let i = 0; i < indexes.length; i++) {
    const index = (indexes[i] as number) - from;
    if (index < 0 || index >= part.recordCount) continue;
    part.waiting.indexes.push(index);
    part.waiting.timestamps.push(timestamps[i] as number);
    part.waiting.delivered.push(delivered[i] as never);
    part.waiting.failed.push(failed[i] as never);
  }
}
