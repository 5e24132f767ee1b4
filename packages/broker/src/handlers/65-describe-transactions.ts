// DescribeTransactions (65): state, producer and partitions of transactions (KIP-664).
import { DescribeTransactions, errors } from "@moldau/protocol";
import { handler } from "../handler.js";
import { askTransaction } from "../transactions/ask.js";

export const describeTransactions = handler(DescribeTransactions, async (request, { services }) => {
  const transactionStates = await Promise.all(
    request.transactionalIds.map(async (transactionalId) => {
      const answer = await askTransaction(services, transactionalId, "describeTransaction", { request: { transactionalId } });
      if (typeof answer !== "string") return answer;
      return {
        errorCode: errors[answer].code,
        transactionalId,
        transactionState: "",
        transactionTimeoutMs: 0,
        transactionStartTimeMs: 0,
        producerId: 0,
        producerEpoch: 0,
        topics: [],
      };
    }),
  );
  return { throttleTimeMs: 0, transactionStates };
});
