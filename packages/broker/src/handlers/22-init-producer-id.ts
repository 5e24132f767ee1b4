// InitProducerId (22): gives an idempotent or transactional producer its id and epoch (KIP-98, KIP-360).
import { type ErrorName, errors, InitProducerId } from "@moldau/protocol";
import { handler } from "../handler.js";
import { askTransaction } from "../transactions/ask.js";

export const initProducerId = handler(InitProducerId, async (request, { services, version }) => {
  const { transactionalId, producerId, producerEpoch } = request;
  if (transactionalId === "" || producerId < 0 !== producerEpoch < 0) return refused("INVALID_REQUEST");
  await services.producerIds.stocked();
  if (transactionalId !== null) {
    const answer = await askTransaction(services, transactionalId, "initProducerId", { version, request: { ...request, transactionalId } });
    return typeof answer === "string" ? refused(answer) : answer;
  }
  // Without a transactional id there is nobody to fence: a client that lost its sequence gets a new id (KIP-360).
  return { throttleTimeMs: 0, errorCode: errors.NONE.code, producerId: await services.producerIds.next(), producerEpoch: 0 };
});

const refused = (error: ErrorName) => ({ throttleTimeMs: 0, errorCode: errors[error].code, producerId: -1, producerEpoch: -1 });
