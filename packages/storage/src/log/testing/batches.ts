// Batches for tests.
import { type BatchInput, batchBaseOffset, batches, buildBatch, patchBatch } from "@moldau/records";
import { partitionIndex, topicId } from "@moldau/std";
import { expect } from "vitest";
import type { Log, LogSlice } from "../log.js";

export const ORDERS = topicId("b3JkZXJzLW9yZGVycy1vcg");
export const CLICKS = topicId("Y2xpY2tzLWNsaWNrcy1jbA");
export const orders = (index: number) => ({ topicId: ORDERS, index: partitionIndex(index) });
export const clicks = (index: number) => ({ topicId: CLICKS, index: partitionIndex(index) });

export interface SampleBatch {
  readonly count?: number;
  readonly valueBytes?: number;
  readonly leaderEpoch?: number;
  /** Of the first record; the next ones follow by a millisecond. */
  readonly timestamp?: number;
  readonly timestamps?: readonly number[];
  readonly producer?: Pick<BatchInput, "producerId" | "producerEpoch" | "baseSequence">;
}

/** A batch that lies at `baseOffset`; its values tell their offsets. */
export function batchAt(baseOffset: number, sample: SampleBatch = {}): Uint8Array {
  const { timestamp = 1_000 + baseOffset, valueBytes = 32, leaderEpoch = 0, producer = {} } = sample;
  const timestamps = sample.timestamps ?? Array.from({ length: sample.count ?? 1 }, (_, i) => timestamp + i);
  const records = timestamps.map((at, i) => ({ timestamp: at, value: valueAt(baseOffset + i, valueBytes) }));
  const batch = buildBatch({ records, ...producer });
  patchBatch(batch, 0, { baseOffset, leaderEpoch });
  return batch;
}

function valueAt(offset: number, bytes: number): Uint8Array {
  return Buffer.alloc(bytes, `offset ${offset} `);
}

/** Appends a batch at the log's end and waits until it is durable; gives the batch. */
export async function appendTo(log: Log, sample: SampleBatch = {}): Promise<Uint8Array> {
  const batch = batchAt(log.endOffset, sample);
  await log.append(batch);
  return batch;
}

/** The bytes of a slice, copied; the slice is released. */
export function taken(slice: LogSlice): Buffer {
  const bytes = Buffer.concat(slice.parts);
  slice.release();
  return bytes;
}

/** All bytes that can be read from `from` on. */
export async function readAll(log: Log, from: number, maxBytes = Number.MAX_SAFE_INTEGER): Promise<Buffer> {
  return taken(await log.read(from, { maxBytes, atLeastOne: true, below: log.highWatermark }));
}

/** Whether these are exactly the batches; says which offsets differ when they are not. */
export function expectBatches(actual: Uint8Array, expected: readonly Uint8Array[]): void {
  const offsets = (bytes: Uint8Array) => Array.from(batches(bytes), (at) => batchBaseOffset(bytes, at));
  const whole = Buffer.concat(expected);
  expect(offsets(actual)).toEqual(offsets(whole));
  expect(Buffer.compare(actual, whole)).toBe(0);
}
