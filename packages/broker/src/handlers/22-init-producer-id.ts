// InitProducerId (22): gives an idempotent producer its id and epoch (KIP-98).
import { errors, InitProducerId } from "@moldau/protocol";
import { handler } from "../handler.js";

export const initProducerId = handler(InitProducerId, async (request, { services }) => {
  // Transactional producers first look for their coordinator, which is not served yet; whoever comes without asking hears the same.
  if (request.transactionalId !== null) {
    return { throttleTimeMs: 0, errorCode: errors.COORDINATOR_NOT_AVAILABLE.code, producerId: -1, producerEpoch: -1 };
  }
  // Without a transactional id there is nobody to fence: a client that lost its sequence gets a new id (KIP-360).
  return { throttleTimeMs: 0, errorCode: errors.NONE.code, producerId: await services.producerIds.next(), producerEpoch: 0 };
});
