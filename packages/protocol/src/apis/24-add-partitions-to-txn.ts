// AddPartitionsToTxn (24): adds partitions to a transaction (KIP-98).
// From v4 on only brokers send it, for several transactions at once (KIP-890).
import { api, array, bool, int16, int32, int64, string } from "../declaration.js";

const addPartitionsToTxnTopic = { name: string(), partitions: array(int32()) };
const addPartitionsToTxnPartitionResult = { partitionIndex: int32(), partitionErrorCode: int16() };
const addPartitionsToTxnTopicResult = { name: string(), resultsByPartition: array(addPartitionsToTxnPartitionResult) };

export const AddPartitionsToTxn = api({
  key: 24,
  name: "AddPartitionsToTxn",
  versions: "0-5",
  flexible: "3+",
  request: {
    transactions: array(
      {
        transactionalId: string(),
        producerId: int64(),
        producerEpoch: int16(),
        verifyOnly: bool({ default: false }),
        topics: array(addPartitionsToTxnTopic),
      },
      "4+",
    ),
    v3AndBelowTransactionalId: string("0-3"),
    v3AndBelowProducerId: int64("0-3"),
    v3AndBelowProducerEpoch: int16("0-3"),
    v3AndBelowTopics: array(addPartitionsToTxnTopic, "0-3"),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    errorCode: int16("4+", { ignorable: true }),
    resultsByTransaction: array({ transactionalId: string(), topicResults: array(addPartitionsToTxnTopicResult) }, "4+"),
    resultsByTopicV3AndBelow: array(addPartitionsToTxnTopicResult, "0-3"),
  },
});
