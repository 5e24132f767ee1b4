// What programs are handed, one record or batch at a time, and how far that makes a partition processed.
//
// Invariant: everything below a partition's position is processed, except what is in hand. So the offset to commit is the position, or that
// of what is in hand. What is in hand counts as processed when the next is asked for.
import type { Chunk, FetchedChunks } from "./fetching/fetched-chunks.js";
import type { ReadableBatch } from "./fetching/readable-batches.js";
import type { ConsumerOptions } from "./options.js";
import { type PartitionState, refetch, seek } from "./positions/partition-state.js";
import { type ConsumerBatch, type ConsumerRecord, type FetchedBatch, type RecordReader, recordReader, recordsOf } from "./record.js";

export interface Delivery<Key, Value> {
  /** Undefined when nothing is there at the moment. Throws ClientError about a record that cannot be read; its partition stays before it. */
  nextRecord(): ConsumerRecord<Key, Value> | undefined;
  nextBatch(): ConsumerBatch<Key, Value> | undefined;
  /** What is in hand is processed. */
  processed(): void;
  /** What is in hand was not processed: it is handed out again. */
  giveBack(): void;
  isInHand(state: PartitionState): boolean;
  hasInHand(): boolean;
  /** Offset to commit. */
  processedBelow(state: PartitionState): number;
}

interface Open<Key, Value> {
  readonly chunk: Chunk;
  readonly batch: ReadableBatch;
  readonly fetched: FetchedBatch;
  reader: RecordReader<Key, Value> | undefined;
}

export function deliveryOf<Key, Value>(
  chunks: FetchedChunks,
  deserializers: NonNullable<ConsumerOptions<Key, Value>["deserializers"]>,
  /** Memory was freed. */
  freed: () => void,
): Delivery<Key, Value> {
  let open: Open<Key, Value> | undefined;
  let hand: PartitionState | undefined;
  let handOffset = -1;

  const openNext = (): Open<Key, Value> | undefined => {
    for (let chunk = chunks.first(); chunk !== undefined; chunk = chunks.first()) {
      const { state } = chunk;
      const batch = guarded(state, chunk.next);
      if (batch) {
        state.positionEpoch = batch.header.leaderEpoch;
        const { topic, partition, position: fromOffset } = state;
        const fetched = { topic, partition, bytes: chunk.bytes, position: batch.position, header: batch.header, fromOffset };
        return { chunk, batch, fetched, reader: undefined };
      }
      // Control records and holes at its end are passed over too.
      state.position = Math.max(state.position, chunk.endOffset);
      state.positionEpoch = chunk.endEpoch;
      chunks.removeFirst();
      freed();
    }
    return undefined;
  };
  const current = (): Open<Key, Value> | undefined => {
    if (open && open.chunk.incarnation !== open.chunk.state.incarnation) open = undefined;
    open ??= openNext();
    return open;
  };
  const finish = ({ chunk, batch }: Open<Key, Value>) => {
    chunk.state.position = batch.header.lastOffset + 1;
    open = undefined;
  };

  return {
    nextRecord() {
      for (let from = current(); from !== undefined; from = current()) {
        const { state } = from.chunk;
        const record = readOne(from, deserializers);
        if (record !== undefined) {
          state.position = record.offset + 1;
          hand = state;
          handOffset = record.offset;
          return record;
        }
        finish(from);
      }
      return undefined;
    },
    nextBatch() {
      const from = current();
      if (!from) return undefined;
      hand = from.chunk.state;
      handOffset = hand.position;
      finish(from);
      return batchOf(from, deserializers, handOffset);
    },
    processed() {
      hand = undefined;
    },
    giveBack() {
      if (hand) seek(hand, handOffset, hand.positionEpoch);
      hand = undefined;
    },
    isInHand: (state) => hand === state,
    hasInHand: () => hand !== undefined,
    processedBelow: (state) => (hand === state ? handOffset : state.position),
  };
}

function readOne<Key, Value>(
  from: Open<Key, Value>,
  deserializers: NonNullable<ConsumerOptions<Key, Value>["deserializers"]>,
): ConsumerRecord<Key, Value> | undefined {
  try {
    from.reader ??= recordReader(from.fetched, deserializers);
    return from.reader();
  } catch (error) {
    refetch(from.chunk.state);
    throw error;
  }
}

function guarded<Result>(state: PartitionState, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    refetch(state);
    throw error;
  }
}

function batchOf<Key, Value>(
  { chunk, batch, fetched }: Open<Key, Value>,
  deserializers: NonNullable<ConsumerOptions<Key, Value>["deserializers"]>,
  firstOffset: number,
): ConsumerBatch<Key, Value> {
  const { lastOffset, baseOffset } = batch.header;
  const rest = { ...fetched, fromOffset: firstOffset };
  return {
    topic: fetched.topic,
    partition: fetched.partition,
    firstOffset: Math.max(firstOffset, baseOffset),
    lastOffset,
    highWatermark: chunk.highWatermark,
    lag: Math.max(0, chunk.highWatermark - lastOffset - 1),
    records: recordsOf(() => recordReader(rest, deserializers)),
  };
}
