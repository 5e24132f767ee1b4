// AddOffsetsToTxn (25): a group's offsets become part of a transaction (KIP-98).
import { groupPartition } from "@moldau/coordinators";
import { AddOffsetsToTxn, type ErrorName, errors } from "@moldau/protocol";
import { handler } from "../handler.js";
import { askTransaction } from "../transactions/ask.js";

export const addOffsetsToTxn = handler(AddOffsetsToTxn, async (request, { services, version }) => {
  const topic = await services.groups.topic();
  if (!topic) return answered("COORDINATOR_NOT_AVAILABLE");
  const offsetsPartition = groupPartition(request.groupId, topic.partitions.length);
  const answer = await askTransaction(services, request.transactionalId, "addOffsets", { version, request, offsetsPartition });
  return typeof answer === "string" ? answered(answer) : answer;
});

const answered = (error: ErrorName) => ({ throttleTimeMs: 0, errorCode: errors[error].code });
