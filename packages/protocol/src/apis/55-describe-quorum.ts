// DescribeQuorum (55): leader, epoch and voters of the metadata quorum (KIP-595, KIP-642).
// Times of the last fetch since v1 (KIP-836), voters' endpoints since v2 (KIP-853).
import { api, array, int16, int32, int64, nullable, string, uint16, uuid } from "../declaration.js";

const replicaState = {
  replicaId: int32(),
  replicaDirectoryId: uuid("2+"),
  logEndOffset: int64(),
  lastFetchTimestamp: int64("1+", { default: -1, ignorable: true }),
  lastCaughtUpTimestamp: int64("1+", { default: -1, ignorable: true }),
};

export const DescribeQuorum = api({
  key: 55,
  name: "DescribeQuorum",
  versions: "0-2",
  flexible: "0+",
  request: {
    topics: array({ topicName: string(), partitions: array({ partitionIndex: int32() }) }),
  },
  response: {
    errorCode: int16(),
    errorMessage: nullable(string("2+", { ignorable: true })),
    topics: array({
      topicName: string(),
      partitions: array({
        partitionIndex: int32(),
        errorCode: int16(),
        errorMessage: nullable(string("2+", { ignorable: true })),
        leaderId: int32(),
        leaderEpoch: int32(),
        highWatermark: int64(),
        currentVoters: array(replicaState),
        observers: array(replicaState),
      }),
    }),
    nodes: array({ nodeId: int32(), listeners: array({ name: string(), host: string(), port: uint16() }) }, "2+"),
  },
});
