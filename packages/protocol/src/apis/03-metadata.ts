// Metadata (3): names the brokers, and where each topic's partitions live.
// Topic ids since v10 and topics by id since v12 (KIP-516); a failure for the whole answer since v13 (KIP-1102).
import { api, array, bool, int16, int32, nullable, string, uuid } from "../declaration.js";

export const Metadata = api({
  key: 3,
  name: "Metadata",
  versions: "0-13",
  flexible: "9+",
  request: {
    topics: nullable(array({ topicId: uuid("10+", { ignorable: true }), name: nullable(string(), "10+") }), "1+"),
    allowAutoTopicCreation: bool("4+", { default: true }),
    includeClusterAuthorizedOperations: bool("8-10"),
    includeTopicAuthorizedOperations: bool("8+"),
  },
  response: {
    throttleTimeMs: int32("3+", { ignorable: true }),
    brokers: array({ nodeId: int32(), host: string(), port: int32(), rack: nullable(string("1+", { ignorable: true })) }),
    clusterId: nullable(string("2+", { ignorable: true })),
    controllerId: int32("1+", { default: -1, ignorable: true }),
    topics: array({
      errorCode: int16(),
      name: nullable(string(), "12+"),
      topicId: uuid("10+", { ignorable: true }),
      isInternal: bool("1+", { default: false, ignorable: true }),
      partitions: array({
        errorCode: int16(),
        partitionIndex: int32(),
        leaderId: int32(),
        leaderEpoch: int32("7+", { default: -1, ignorable: true }),
        replicaNodes: array(int32()),
        isrNodes: array(int32()),
        offlineReplicas: array(int32(), "5+", { ignorable: true }),
      }),
      topicAuthorizedOperations: int32("8+", { default: -0x8000_0000 }),
    }),
    clusterAuthorizedOperations: int32("8-10", { default: -0x8000_0000 }),
    errorCode: int16("13+", { ignorable: true }),
  },
});
