// A batch on its way: filled, sealed, sent until it is acknowledged or given up, and then told to those who wait for its records.
import type { BatchBuilder, BatchMemory, SealedBatch } from "@moldau/records";
import type { ClientError } from "../errors.js";
import type { Delivery } from "./options.js";

export type Delivered = (delivery: Delivery) => void;
export type Failed = (error: unknown) => void;

export interface Batch {
  readonly topic: string;
  readonly partition: number;
  /** Batches of a partition are sent in this order. */
  readonly ordinal: number;
  /** Room after the ordinal for those of its parts, should it be split. */
  readonly ordinalSpan: number;
  readonly createdAtMs: number;
  readonly builder: BatchBuilder;
  recordCount: number;
  /** Of its records, before compression. */
  sizeBytes: number;
  sealed: SealedBatch | undefined;
  baseSequence: number;
  /** Whether a broker may have got it. */
  wasSent: boolean;
  /** Why it was sent in vain the last time. */
  lastError: ClientError | undefined;
  /** Who waits for a record, and for which: some records have nobody. */
  readonly waiting: Waiting;
  /** Who waits for the batch as a whole, well or not. */
  readonly flushes: Flush[];
}

/** Waits for a number of batches. */
export interface Flush {
  left: number;
  readonly done: () => void;
}

/** One column per field, for there may be hundreds of thousands. */
export interface Waiting {
  readonly indexes: number[];
  readonly timestamps: number[];
  readonly delivered: Delivered[];
  readonly failed: Failed[];
}

export const emptyWaiting = (): Waiting => ({ indexes: [], timestamps: [], delivered: [], failed: [] });

export function newBatch(place: Pick<Batch, "topic" | "partition" | "ordinal" | "ordinalSpan" | "createdAtMs" | "builder">): Batch {
  return {
    ...place,
    recordCount: 0,
    sizeBytes: 0,
    sealed: undefined,
    baseSequence: -1,
    wasSent: false,
    lastError: undefined,
    waiting: emptyWaiting(),
    flushes: [],
  };
}

/** The batch is stored: its first record at `baseOffset`, -1 where that is not known. `appendedAtMs` is -1 where records keep their time. */
export function deliver({ topic, partition, waiting }: Batch, baseOffset: number, appendedAtMs: number): void {
  const { indexes, timestamps, delivered } = waiting;
  for (let i = 0; i < delivered.length; i++) {
    const offset = baseOffset < 0 ? -1 : baseOffset + (indexes[i] as number);
    const timestamp = appendedAtMs < 0 ? (timestamps[i] as number) : appendedAtMs;
    (delivered[i] as Delivered)({ topic, partition, offset, timestamp });
  }
}

/** Tells who waits; false when there are records for which nobody does. */
export function fail({ waiting, recordCount }: Batch, error: ClientError): boolean {
  for (const failed of waiting.failed) failed(error);
  return waiting.failed.length === recordCount;
}

/** All is over with the batch. */
export function settle({ flushes }: Batch): void {
  for (const flush of flushes) if (--flush.left === 0) flush.done();
}

/** Gives back memory that no connection holds any more. */
export function release(batch: Batch, memory: BatchMemory): void {
  if (batch.sealed?.memory) memory.give(batch.sealed.memory);
  if (!batch.sealed) batch.builder.discard();
  batch.sealed = undefined;
}
