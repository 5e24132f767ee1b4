// EndTxn (26): commits or aborts a transaction (KIP-98). Answered when the decision is durable; its markers are written behind.
import { EndTxn, errors } from "@moldau/protocol";
import { handler } from "../handler.js";
import { askTransaction } from "../transactions/ask.js";

export const endTxn = handler(EndTxn, async (request, { services, version }) => {
  const answer = await askTransaction(services, request.transactionalId, "endTxn", { version, request });
  if (typeof answer !== "string") return answer;
  return { throttleTimeMs: 0, errorCode: errors[answer].code, producerId: -1, producerEpoch: -1 };
});
