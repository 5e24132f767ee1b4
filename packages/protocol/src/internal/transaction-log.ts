// Transactions in __transaction_state (KIP-98): one value per transactional id.
import { array, int8, int16, int32, int64, message, nullable, string, tagged } from "../declaration.js";

export const TransactionLogKey = message({
  name: "TransactionLogKey",
  recordType: 0,
  versions: "0",
  flexible: "none",
  fields: {
    transactionalId: string(),
  },
});

export const TransactionLogValue = message({
  name: "TransactionLogValue",
  versions: "0-1",
  flexible: "1+",
  fields: {
    producerId: int64(),
    previousProducerId: tagged(0, int64("1+", { default: -1 })),
    nextProducerId: tagged(1, int64("1+", { default: -1 })),
    producerEpoch: int16(),
    nextProducerEpoch: tagged(3, int16("1+", { default: -1 })),
    transactionTimeoutMs: int32(),
    transactionStatus: int8(),
    transactionPartitions: nullable(array({ topic: string(), partitionIds: array(int32()) })),
    transactionLastUpdateTimestampMs: int64(),
    transactionStartTimestampMs: int64(),
    clientTransactionVersion: tagged(2, int16("1+", { default: 0 })),
  },
});
