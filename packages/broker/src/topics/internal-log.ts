// A partition of an internal topic as its coordinator sees it: read whole, then appended to.
//
// Invariant: an append extends what was read or appended before it. After a rollback, or when somebody else wrote, it would not; so it
// is refused, and the coordinator reads anew.
import { type EncodedEvent, encodedBytes, type InternalLog, type TransactionalProducer, type TransactionEnd } from "@moldau/coordinators";
import type { Clock } from "@moldau/env";
import type { TopicConfig } from "@moldau/metadata";
import {
  BATCH_HEADER_BYTES,
  batches,
  batchLastOffset,
  buildBatch,
  type CompressionName,
  controlBatch,
  patchBatch,
  readBatchHeader,
} from "@moldau/records";
import { assert } from "@moldau/std";
import { StorageError } from "@moldau/storage";
import type { Partition } from "../partitions/partition.js";
import type { Partitions } from "../partitions/partitions.js";

export interface InternalLogOptions {
  readonly partitions: Partitions;
  readonly clock: Clock;
  /** Rejects when the log cannot be opened, or is no more. */
  readonly open: () => Promise<Partition>;
  readonly config: () => Pick<TopicConfig, "maxMessageBytes">;
  readonly compression: () => CompressionName;
}

/** What goes along with a batch: the end of a transaction that it is, and who is to hear that it is on its way. */
interface Along {
  readonly end?: TransactionEnd;
  readonly appended?: (() => void) | undefined;
}

const READ_BYTES = 1024 * 1024;

export function internalLog({ partitions, clock, open, config, compression }: InternalLogOptions): InternalLog {
  /** Where the next append belongs; undefined until the log has been read. */
  let knownEnd: number | undefined;
  let submitted: Promise<unknown> = Promise.resolve();

  /** The sequence means nothing, for nobody sends such a batch twice; it is the one that Kafka's coordinators write. */
  const batchOf = (records: readonly EncodedEvent[], producer: TransactionalProducer | undefined): Uint8Array => {
    const timestamp = clock.now();
    const ofTransaction = producer && { producerId: producer.id, producerEpoch: producer.epoch, baseSequence: 0, transactional: true };
    return buildBatch({
      records: records.map(({ key, value }) => ({ key, value, timestamp })),
      compression: compression(),
      ...ofTransaction,
    });
  };

  /** Resolves with when it is durable. */
  const submit = async (batch: Uint8Array, { end, appended }: Along): Promise<{ readonly durable: Promise<void> }> => {
    const partition = await open();
    const room = partitions.store.admit(batch.length);
    if (room) await room;
    if (partition.deleted()) throw new StorageError("closed", "the topic was deleted");
    const { log, leaderEpoch } = partition;
    if (log.endOffset !== knownEnd) {
      throw new StorageError("io", "the log has not the end that the coordinator knows: it is to be read anew");
    }
    const header = readBatchHeader(batch, 0);
    patchBatch(batch, 0, { baseOffset: log.endOffset, leaderEpoch });
    const { durable } = partition.append(batch, header, end);
    knownEnd = log.endOffset;
    appended?.();
    return { durable };
  };

  const append = async (batch: Uint8Array, along: Along) => {
    // One after another, or what waits for room would be overtaken. What follows a failure fails too, for the end has moved.
    const mine = submitted.then(() => submit(batch, along));
    submitted = mine.then(
      () => {},
      () => {
        knownEnd = undefined;
      },
    );
    const { durable } = await mine;
    await durable;
  };

  return {
    get maxRecordBytes() {
      return partitions.store.maxBatchBytes - BATCH_HEADER_BYTES;
    },
    get maxBatchBytes() {
      return Math.min(config().maxMessageBytes, partitions.store.maxBatchBytes);
    },
    async isEmpty() {
      const { log } = await open();
      return log.endOffset === log.logStartOffset;
    },
    async *read() {
      const { log } = await open();
      const until = log.highWatermark;
      for (let from = log.logStartOffset; from < until; ) {
        const slice = await log.read(from, { maxBytes: READ_BYTES, atLeastOne: true, below: until });
        const bytes = Buffer.concat(slice.parts);
        slice.release();
        if (bytes.length === 0) break; // what there was has been compacted away
        yield bytes;
        from = offsetAfter(bytes);
      }
      knownEnd = until;
    },
    append(records, producer, appended) {
      const pieces = inPieces(records, partitions.store.maxBatchBytes);
      const last = pieces.at(-1);
      return all(pieces.map((piece) => append(batchOf(piece, producer), piece === last ? { appended } : {})));
    },
    appendMarker: (end) => append(controlBatch({ ...end, type: end.commit ? "COMMIT" : "ABORT", timestamp: clock.now() }), { end }),
  };
}

function offsetAfter(bytes: Uint8Array): number {
  let last = -1;
  for (const at of batches(bytes)) last = batchLastOffset(bytes, at);
  assert(last >= 0, "a read of the log gives whole batches");
  return last + 1;
}

/** As few batches as hold them. Records that fit no batch were refused before. */
function inPieces(records: readonly EncodedEvent[], maxBatchBytes: number): readonly (readonly EncodedEvent[])[] {
  const pieces: EncodedEvent[][] = [];
  let room = 0;
  for (const record of records) {
    const bytes = encodedBytes(record);
    if (pieces.length === 0 || bytes > room) {
      pieces.push([]);
      room = maxBatchBytes - BATCH_HEADER_BYTES;
    }
    pieces.at(-1)?.push(record);
    room -= bytes;
  }
  return pieces;
}

const all = async (appends: readonly Promise<void>[]): Promise<void> => void (await Promise.all(appends));
