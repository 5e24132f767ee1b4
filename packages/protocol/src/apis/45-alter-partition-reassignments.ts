// AlterPartitionReassignments (45): moves replicas to other brokers, or cancels such moves (KIP-455).
// May forbid to change the replication factor since v1 (KIP-860).
import { api, array, bool, int16, int32, nullable, string } from "../declaration.js";

export const AlterPartitionReassignments = api({
  key: 45,
  name: "AlterPartitionReassignments",
  versions: "0-1",
  flexible: "0+",
  request: {
    timeoutMs: int32({ default: 60000 }),
    allowReplicationFactorChange: bool("1+", { default: true }),
    topics: array({ name: string(), partitions: array({ partitionIndex: int32(), replicas: nullable(array(int32())) }) }),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    allowReplicationFactorChange: bool("1+", { default: true, ignorable: true }),
    errorCode: int16(),
    errorMessage: nullable(string()),
    responses: array({
      name: string(),
      partitions: array({ partitionIndex: int32(), errorCode: int16(), errorMessage: nullable(string()) }),
    }),
  },
});
