// DescribeQuorum (55): who keeps the metadata (KIP-595). There is no quorum here; the cluster log is shown as a log of which this broker
// is the one voter, which is what tools want to know: the metadata is there, and this far.
import { DescribeQuorum, errors } from "@moldau/protocol";
import { ZERO_UUID } from "@moldau/std";
import { type Context, handler } from "../handler.js";

const METADATA_TOPIC = "__cluster_metadata";

export const describeQuorum = handler(DescribeQuorum, (request, { services }) => ({
  errorCode: errors.NONE.code,
  errorMessage: null,
  topics: request.topics.map(({ topicName, partitions }) => ({
    topicName,
    partitions: partitions.map(({ partitionIndex }) => describe(topicName, partitionIndex, services)),
  })),
  nodes: services.metadata.image.brokers.map(({ id, listeners }) => ({ nodeId: id, listeners })),
}));

function describe(topic: string, partitionIndex: number, { self, metadata, clock }: Context["services"]) {
  const known = topic === METADATA_TOPIC && partitionIndex === 0;
  const error = known ? errors.NONE : errors.UNKNOWN_TOPIC_OR_PARTITION;
  const now = clock.now();
  const voter = {
    replicaId: self.nodeId,
    replicaDirectoryId: ZERO_UUID,
    logEndOffset: metadata.image.version,
    lastFetchTimestamp: now as number,
    lastCaughtUpTimestamp: now as number,
  };
  return {
    partitionIndex,
    errorCode: error.code,
    errorMessage: known ? null : error.message,
    leaderId: known ? self.nodeId : -1,
    leaderEpoch: known ? 1 : -1,
    highWatermark: known ? metadata.image.version : -1,
    currentVoters: known ? [voter] : [],
    observers: [],
  };
}
