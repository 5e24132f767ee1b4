// What is remembered of one producer.

export interface SequencedBatch {
  readonly baseSequence: number;
  readonly lastSequence: number;
  readonly baseOffset: number;
  readonly lastOffset: number;
  readonly timestamp: number;
}

export interface ProducerEntry {
  readonly producerId: number;
  epoch: number;
  /** Of the batch or marker that brought the epoch; -1: before what a snapshot tells. */
  epochSinceOffset: number;
  /** Of the transaction coordinator that wrote its last marker; -1: none. */
  coordinatorEpoch: number;
  /** Of the last marker since the partition was opened; -1: none. */
  lastMarkerOffset: number;
  /** Of its last record: what the producer says. */
  lastTimestamp: number;
  /** When it was last heard of: what expiry goes by, since a producer may write of the past. */
  lastSeenMs: number;
  /** Of this epoch, newest last. */
  readonly batches: SequencedBatch[];
}

const SEQUENCES = 2 ** 31;

/** Sequences begin anew at 0 after 2^31 - 1. */
export const addSequence = (sequence: number, count: number): number => (sequence + count) % SEQUENCES;
