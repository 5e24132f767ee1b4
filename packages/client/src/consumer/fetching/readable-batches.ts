// Which of the batches that a broker sent are for programs: whole, not read before, no control records, and under read_committed none of
// an aborted transaction. Kafka's consumer goes by the same rules.
import {
  type BatchHeader,
  batches,
  batchMagic,
  CURRENT_MAGIC,
  checkStoredBatch,
  controlType,
  nextBatch,
  readBatchHeader,
  records,
} from "@moldau/records";
import { ClientError } from "../../errors.js";
import type { TopicPartition } from "../topic-partition.js";

export interface AbortedTransaction {
  readonly producerId: number;
  readonly firstOffset: number;
}

export interface ReadableBatch {
  readonly position: number;
  readonly header: BatchHeader;
}

export interface BatchSource {
  readonly place: TopicPartition;
  readonly bytes: Uint8Array;
  /** Offsets below were read before: brokers send whole batches. */
  readonly fromOffset: number;
  /** Undefined under read_uncommitted. */
  readonly aborted: readonly AbortedTransaction[] | undefined;
  readonly verifyChecksums: boolean;
}

/** Gives one batch after another; undefined at the end. Throws ClientError CORRUPT_MESSAGE. */
export function readableBatches({ place, bytes, fromOffset, aborted, verifyChecksums }: BatchSource): () => ReadableBatch | undefined {
  const transactions = abortedTransactions(aborted);
  let position = 0;
  return () => {
    for (let next = nextBatch(bytes, position, bytes.length); next >= 0; next = nextBatch(bytes, position, bytes.length)) {
      const at = position;
      const header = verified(place, bytes, at, verifyChecksums);
      position = next;
      if (header.lastOffset < fromOffset) continue;
      const isAborted = transactions?.isAborted(header, () => isAbort(bytes, at));
      if (header.control || isAborted || header.recordCount === 0) continue;
      return { position: at, header };
    }
    return undefined;
  };
}

/** One past the last offset of whole batches; undefined when there is none. And the leader epoch they end with. */
export function endOf(bytes: Uint8Array): { readonly offset: number; readonly epoch: number } | undefined {
  let last = -1;
  for (const position of batches(bytes)) last = position;
  if (last < 0 || batchMagic(bytes, last) !== CURRENT_MAGIC) return undefined;
  const { lastOffset, leaderEpoch } = readBatchHeader(bytes, last);
  return { offset: lastOffset + 1, epoch: leaderEpoch };
}

function verified({ topic, partition }: TopicPartition, bytes: Uint8Array, position: number, verifyChecksums: boolean): BatchHeader {
  const fault = verifyChecksums ? checkStoredBatch(bytes, position, bytes.length) : undefined;
  if (fault) throw new ClientError("CORRUPT_MESSAGE", `in ${topic}/${partition}: ${fault.message}`, { topic, partition });
  try {
    return readBatchHeader(bytes, position);
  } catch (cause) {
    throw new ClientError("CORRUPT_MESSAGE", `in ${topic}/${partition}: ${String(cause)}`, { topic, partition, cause });
  }
}

function isAbort(bytes: Uint8Array, position: number): boolean {
  for (const record of records(bytes, position)) return controlType(record) === "ABORT";
  return false;
}

/** Producers whose transaction, at the batch that the walk has come to, is one that was aborted. */
function abortedTransactions(aborted: readonly AbortedTransaction[] | undefined) {
  if (!aborted) return undefined;
  const coming = aborted.toSorted((a, b) => a.firstOffset - b.firstOffset);
  const producers = new Set<number>();
  let next = 0;
  return {
    isAborted(header: BatchHeader, endsAborted: () => boolean): boolean {
      if (header.producerId < 0) return false;
      for (let one = coming[next]; one !== undefined && one.firstOffset <= header.lastOffset; one = coming[++next])
        producers.add(one.producerId);
      if (!header.control) return header.transactional && producers.has(header.producerId);
      if (endsAborted()) producers.delete(header.producerId);
      return false;
    },
  };
}
