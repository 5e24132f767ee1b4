// Before offsets are taken into a transaction: is it open, and their partition of __consumer_offsets part of it?
//
//   TxnOffsetCommit 5     the partition becomes part of the transaction by this
//   TxnOffsetCommit 4     the coordinator is only asked; when the partition is none: TRANSACTION_ABORTABLE
//   TxnOffsetCommit ≤ 3   the same, but: INVALID_TXN_STATE
import type { ErrorName, RequestOf, TxnOffsetCommit } from "@moldau/protocol";
import type { Context } from "../handler.js";
import { type ClientTerms, verifyPartitions } from "../transactions/verify-partitions.js";
import { OFFSETS_TOPIC } from "./groups.js";

type Producer = Pick<RequestOf<typeof TxnOffsetCommit>, "transactionalId" | "producerId" | "producerEpoch">;

const TERMS: ClientTerms = { addsSince: 5, abortableSince: 4, tryAgain: "COORDINATOR_NOT_AVAILABLE" };

/** Why offsets may not be taken; undefined when they may. */
export async function verifyOffsets(producer: Producer, partition: number, context: Context): Promise<ErrorName | undefined> {
  const { transactionalId, producerId, producerEpoch } = producer;
  const topics = [{ name: OFFSETS_TOPIC, partitions: [partition] }];
  const asked = { transactionalId, producerId, producerEpoch, topics };
  const { refusalOf } = await verifyPartitions(asked, context, TERMS, () => undefined);
  return refusalOf(OFFSETS_TOPIC, partition)?.error;
}
