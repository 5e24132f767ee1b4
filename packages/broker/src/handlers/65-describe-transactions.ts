// DescribeTransactions (65): state, producer and partitions of transactions (KIP-664).
import { undescribedTransaction } from "@moldau/coordinators";
import { DescribeTransactions } from "@moldau/protocol";
import { handler } from "../handler.js";
import { askTransaction } from "../transactions/ask.js";

export const describeTransactions = handler(DescribeTransactions, async (request, { services }) => {
  const transactionStates = await Promise.all(
    request.transactionalIds.map(async (transactionalId) => {
      const answer = await askTransaction(services, transactionalId, "describeTransaction", { request: { transactionalId } });
      return typeof answer === "string" ? undescribedTransaction(transactionalId, answer) : answer;
    }),
  );
  return { throttleTimeMs: 0, transactionStates };
});
