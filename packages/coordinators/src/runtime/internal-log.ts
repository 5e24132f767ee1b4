// What a coordinator needs of the partition that keeps its state: read it whole, append to it. The broker brings it.
import type { EncodedEvent, TransactionalProducer, TransactionEnd } from "./machine.js";

export interface InternalLog {
  /** Whether there is anything to read, without reading it. */
  isEmpty(): Promise<boolean>;
  /**
   * All batches, from the log's start to its end as of the call, in order: whole batches in each piece, which stays as it is until the
   * next one is asked for. What is appended from then on follows what was read: when something else has come between, or was lost,
   * appends are refused until it is read anew.
   */
  read(): AsyncIterable<Uint8Array>;
  /**
   * Appends the records, together and in the order of the calls. Resolves when they are durable; once one is refused, those after
   * it are too. Records of more than `maxBatchBytes` may come in several pieces, of which a crash may keep only the first.
   * With `producer` they are part of its transaction, in batches of their own. `appended` is called once all are on their way: what is
   * appended from then on, to whichever log, is not durable unless these are.
   */
  append(records: readonly EncodedEvent[], producer?: TransactionalProducer, appended?: () => void): Promise<void>;
  /** Appends a control batch, likewise and in the same order. */
  appendMarker(end: TransactionEnd): Promise<void>;
  /** What one batch is to hold at most. */
  readonly maxBatchBytes: number;
  /** What one record can be at most, counted as `encodedBytes` does. */
  readonly maxRecordBytes: number;
}

/** What a record takes in a batch beside its key and value, at most: lengths, deltas, attributes. */
const RECORD_OVERHEAD_BYTES = 32;

/** A control batch among the records. */
export interface EncodedMarker {
  readonly marker: TransactionEnd;
}

/** More than the one record of a marker. */
const MARKER_BYTES = 64;

/** What a record or marker takes in a batch, at most. */
export const encodedBytes = (encoded: EncodedEvent | EncodedMarker): number =>
  "marker" in encoded ? MARKER_BYTES : encoded.key.length + (encoded.value?.length ?? 0) + RECORD_OVERHEAD_BYTES;
