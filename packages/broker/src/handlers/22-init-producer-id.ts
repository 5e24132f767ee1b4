// InitProducerId (22): gives an idempotent producer its id and epoch (KIP-98).
import { type ErrorName, errors, InitProducerId } from "@moldau/protocol";
import { handler } from "../handler.js";

export const initProducerId = handler(InitProducerId, async (request, { services }) => {
  const { transactionalId, producerId, producerEpoch } = request;
  if (transactionalId === "" || producerId < 0 !== producerEpoch < 0) return refused("INVALID_REQUEST");
  // Transactional producers first look for their coordinator, which is not served yet; whoever comes without asking hears the same.
  if (transactionalId !== null) return refused("COORDINATOR_NOT_AVAILABLE");
  // Without a transactional id there is nobody to fence: a client that lost its sequence gets a new id (KIP-360).
  return { throttleTimeMs: 0, errorCode: errors.NONE.code, producerId: await services.producerIds.next(), producerEpoch: 0 };
});

const refused = (error: ErrorName) => ({ throttleTimeMs: 0, errorCode: errors[error].code, producerId: -1, producerEpoch: -1 });
