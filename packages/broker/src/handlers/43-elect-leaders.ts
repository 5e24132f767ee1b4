// ElectLeaders (43): makes the first replica the leader again (KIP-460). With one broker it always is.

import type { ClusterImage } from "@moldau/metadata";
import { ElectLeaders, type ErrorName, errors, type RequestOf } from "@moldau/protocol";
import { handler } from "../handler.js";

const PREFERRED = 0;
const UNCLEAN = 1;

export const electLeaders = handler(ElectLeaders, (request, { services }) => {
  if (request.electionType !== PREFERRED && request.electionType !== UNCLEAN) {
    return { throttleTimeMs: 0, errorCode: errors.INVALID_REQUEST.code, replicaElectionResults: [] };
  }
  return { throttleTimeMs: 0, errorCode: errors.NONE.code, replicaElectionResults: elect(request, services.metadata.image) };
});

function elect({ topicPartitions }: RequestOf<typeof ElectLeaders>, image: ClusterImage) {
  // Asked for all, only those that needed an election are named: none does.
  if (topicPartitions === null) return [];
  return topicPartitions.map(({ topic, partitions }) => ({
    topic,
    partitionResult: partitions.map((partitionId) =>
      result(partitionId, image.topicByName(topic)?.partitions[partitionId] ? "ELECTION_NOT_NEEDED" : "UNKNOWN_TOPIC_OR_PARTITION"),
    ),
  }));
}

function result(partitionId: number, error: ErrorName) {
  return { partitionId, errorCode: errors[error].code, errorMessage: errors[error].message };
}
