// ElectLeaders (43): makes preferred or surviving replicas the leaders (KIP-183, KIP-460).
import { api, array, int8, int16, int32, nullable, string } from "../declaration.js";

export const ElectLeaders = api({
  key: 43,
  name: "ElectLeaders",
  versions: "0-2",
  flexible: "2+",
  request: {
    electionType: int8("1+"),
    topicPartitions: nullable(array({ topic: string(), partitions: array(int32()) })),
    timeoutMs: int32({ default: 60000 }),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    errorCode: int16("1+"),
    replicaElectionResults: array({
      topic: string(),
      partitionResult: array({ partitionId: int32(), errorCode: int16(), errorMessage: nullable(string()) }),
    }),
  },
});
