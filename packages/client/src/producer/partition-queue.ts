// What waits to go to one partition, in order: batches sent and not answered, batches to send again, full ones, and the one that fills.
//
//   append ──▶ open ──▶ closed ──take──▶ inFlight ──acknowledge──▶ gone
//                                 ▲          │
//                                 └─ retries ◀┘ retry
//
// Invariant: after a failure nothing is taken until all that is in flight has come back, and then one batch at a time until the failed
// ones are stored: so batches of an idempotent producer are stored in the order of their records.
import type { Clock } from "@moldau/env";
import { type BatchMemory, batchBuilder, type CompressionName, type HeaderInput, setBatchProducer } from "@moldau/records";
import { assert } from "@moldau/std";
import { type Batch, type Delivered, type Failed, newBatch } from "./batch.js";
import { abandoned, acknowledged, forgotten, type Identity, type Numbering, numbered, repaired, startNumbering } from "./numbering.js";

export interface QueueSettings {
  readonly batchBytes: number;
  readonly lingerMs: number;
  readonly compression: CompressionName;
  readonly compressionLevel: number | undefined;
  readonly idempotent: boolean;
  readonly transactional: boolean;
  readonly memory: BatchMemory;
  readonly clock: Clock;
}

/** Which batches may go: full ones alone, also one that has waited for as long as it may, or all. */
export type Readiness = "full" | "waited" | "all";

export type Content = string | Uint8Array | null;

export interface PartitionQueue {
  readonly topic: string;
  readonly partition: number;
  /** Bytes of records that are neither acknowledged nor given up. */
  readonly bytes: number;
  /** Whether there is something to take, now or later. */
  readonly hasWork: boolean;
  /** How many wait to be sent for the first time. */
  readonly fullBatches: number;
  /** All that is neither acknowledged nor given up. */
  batches(): readonly Batch[];
  /** Gives the bytes by which the queue grew. Without `delivered` nobody waits for the record. */
  append(timestamp: number, key: Content, value: Content, headers: readonly HeaderInput[], delivered?: Delivered, failed?: Failed): number;
  /** When `take` may give something, as far as time decides: undefined when it depends on other things. */
  readyAtMs(): number | undefined;
  /** The next batch to send, sealed. */
  take(nowMs: number, ready: Readiness): Batch | undefined;
  /** An idempotent queue gives nothing without. */
  readonly needsIdentity: boolean;
  /** The one whose epochs were used up. */
  readonly usedUpProducerId: number | undefined;
  adopt(identity: Identity): void;
  /** Whether batches before this one are not stored yet. */
  follows(batch: Batch): boolean;
  acknowledge(batch: Batch): void;
  /** The batch is to be sent again, not before `atMs`. */
  retry(batch: Batch, atMs: number): void;
  /** The broker has lost what it knew of the producer: all that is left is numbered anew. */
  renumber(): void;
  /** Puts parts, which hold the same records, where the batch was. */
  split(batch: Batch, parts: readonly Batch[]): void;
  /** The batch is given up. */
  abandon(batch: Batch, maybeStored: boolean): void;
  /** Gives up what is older and not under way. */
  expire(createdBeforeMs: number): readonly Batch[];
  /** Gives up all that is not under way. */
  drop(): readonly Batch[];
  /** How often in a row a batch came back. */
  readonly failures: number;
}

const NOTHING: readonly Batch[] = Object.freeze([]);

export function partitionQueue(topic: string, partition: number, settings: QueueSettings): PartitionQueue {
  const { memory, batchBytes, idempotent } = settings;
  let open: Batch | undefined;
  let closed: Batch[] = [];
  let retries: Batch[] = [];
  let inFlight: Batch[] = [];
  let numbering: Numbering | undefined;
  /** Sent again to learn what became of the one before it. */
  let probe: Batch | undefined;
  let usedUpProducerId: number | undefined;
  let notBeforeMs = 0;
  let failures = 0;
  let bytes = 0;
  let ordinals = 0;

  const begin = (): Batch => {
    const builder = batchBuilder({ maxBytes: batchBytes, memory });
    return newBatch({ topic, partition, ordinal: ordinals++, ordinalSpan: 1, createdAtMs: settings.clock.monotonicMs(), builder });
  };
  const left = (batch: Batch) => {
    bytes -= batch.sizeBytes;
    inFlight = inFlight.filter((one) => one !== batch);
  };
  const seal = (batch: Batch) => {
    const { compression, compressionLevel, transactional } = settings;
    batch.baseSequence = numbering?.next ?? -1;
    batch.sealed = batch.builder.seal({
      compression,
      compressionLevel,
      transactional,
      producerId: numbering?.producerId ?? -1,
      producerEpoch: numbering?.producerEpoch ?? -1,
      baseSequence: batch.baseSequence,
    });
    if (numbering) numbering = numbered(numbering, batch.recordCount);
  };
  /** False when that takes another producer id. */
  const repair = (): boolean => {
    if (!numbering) return false;
    const { producerId } = numbering;
    numbering = repaired(numbering);
    if (!numbering) usedUpProducerId = producerId;
    else for (const batch of retries) renumberBatch(batch);
    return numbering !== undefined;
  };
  const renumberBatch = (batch: Batch) => {
    if (!numbering) return;
    assert(batch.sealed, "a batch that was sent is sealed");
    batch.baseSequence = numbering.next;
    const { producerId, producerEpoch } = numbering;
    setBatchProducer(batch.sealed.bytes, 0, { producerId, producerEpoch, baseSequence: batch.baseSequence });
    numbering = numbered(numbering, batch.recordCount);
  };
  const takeOpen = (nowMs: number, ready: Readiness): Batch | undefined => {
    if (!open || ready === "full" || (ready === "waited" && nowMs < open.createdAtMs + settings.lingerMs)) return undefined;
    const batch = open;
    open = undefined;
    return batch;
  };
  const giveUp = (isMeant: (batch: Batch) => boolean): readonly Batch[] => {
    if (!open && closed.length === 0 && retries.length === 0) return NOTHING;
    const sent = retries.filter(isMeant);
    const unsent = [...closed, ...(open ? [open] : [])].filter(isMeant);
    if (sent.length + unsent.length === 0) return NOTHING;
    retries = retries.filter((batch) => !isMeant(batch));
    closed = closed.filter((batch) => !isMeant(batch));
    if (open && isMeant(open)) open = undefined;
    for (const batch of [...sent, ...unsent]) bytes -= batch.sizeBytes;
    if (numbering && sent.length > 0) numbering = abandoned(numbering, true);
    return [...sent, ...unsent];
  };

  return {
    topic,
    partition,
    get bytes() {
      return bytes;
    },
    get hasWork() {
      return open !== undefined || closed.length > 0 || retries.length > 0;
    },
    get fullBatches() {
      return closed.length;
    },
    batches: () => [...inFlight, ...retries, ...closed, ...(open ? [open] : [])],
    get failures() {
      return failures;
    },
    get usedUpProducerId() {
      return usedUpProducerId;
    },
    get needsIdentity() {
      return idempotent && numbering === undefined;
    },
    append(timestamp, key, value, headers, delivered, failed) {
      let batch = open ?? begin();
      let before = batch.recordCount === 0 ? 0 : batch.builder.sizeBytes;
      if (!batch.builder.append(timestamp, key, value, headers)) {
        closed.push(batch);
        batch = begin();
        before = 0;
        const taken = batch.builder.append(timestamp, key, value, headers);
        assert(taken, "an empty batch takes any record");
      }
      open = batch;
      if (delivered && failed) {
        const { waiting } = batch;
        waiting.indexes.push(batch.recordCount);
        waiting.timestamps.push(timestamp);
        waiting.delivered.push(delivered);
        waiting.failed.push(failed);
      }
      batch.recordCount++;
      batch.sizeBytes = batch.builder.sizeBytes;
      const grown = batch.sizeBytes - before;
      bytes += grown;
      return grown;
    },
    readyAtMs() {
      if (retries.length > 0 || closed.length > 0) return notBeforeMs;
      return open ? Math.max(notBeforeMs, open.createdAtMs + settings.lingerMs) : undefined;
    },
    take(nowMs, ready) {
      if (nowMs < notBeforeMs || (idempotent && !numbering)) return undefined;
      const fault = numbering?.fault ?? "none";
      if ((retries.length > 0 || fault !== "none") && inFlight.length > 0) return undefined;
      probe = fault === "unknown" ? retries[0] : undefined;
      if (fault !== "none" && !probe && !repair()) return undefined;
      const again = retries.shift();
      const batch = again ?? closed.shift() ?? takeOpen(nowMs, ready);
      if (!batch) return undefined;
      if (!batch.sealed) seal(batch);
      batch.wasSent = true;
      inFlight.push(batch);
      return batch;
    },
    adopt(identity) {
      numbering = startNumbering(identity);
      for (const batch of retries) renumberBatch(batch);
    },
    follows: (batch) =>
      inFlight[0] !== batch ||
      retries.some(({ ordinal }) => ordinal < batch.ordinal) ||
      (numbering !== undefined && numbering.fault !== "none" && batch !== probe),
    acknowledge(batch) {
      left(batch);
      failures = 0;
      if (numbering) numbering = acknowledged(numbering, batch.baseSequence, batch.recordCount);
    },
    retry(batch, atMs) {
      inFlight = inFlight.filter((one) => one !== batch);
      retries.push(batch);
      retries.sort((a, b) => a.ordinal - b.ordinal);
      notBeforeMs = Math.max(notBeforeMs, atMs);
      failures++;
    },
    renumber() {
      if (numbering) numbering = forgotten(numbering);
    },
    split(batch, parts) {
      left(batch);
      retries.push(...parts);
      for (const part of parts) bytes += part.sizeBytes;
      retries.sort((a, b) => a.ordinal - b.ordinal);
    },
    abandon(batch, maybeStored) {
      left(batch);
      if (numbering) numbering = abandoned(numbering, maybeStored);
    },
    expire: (createdBeforeMs) => giveUp(({ createdAtMs }) => createdAtMs < createdBeforeMs),
    drop: () => giveUp(() => true),
  };
}
