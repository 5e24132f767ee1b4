// A number for all that assignments depend on of the topics a group subscribes to (KIP-1101): when it changes, the group is
// assigned anew. It stands in the group's record, so it must be the same in every release and process. Kafka hashes the same
// facts, by other means: a group taken over from Kafka is assigned anew once.
import { createHash } from "node:crypto";
import type { AssignorTopic } from "../assignors/assignor.js";

export interface HashedTopic extends AssignorTopic {
  readonly name: string;
}

/** What the hash is made of, for the day that it changes. */
const FORM = 0;

/** Hash of one topic: id, name, partitions and the racks of each, in whatever order. An int64. */
export function topicHash(topic: HashedTopic): bigint {
  const racks = Array.from({ length: topic.partitionCount }, (_, partition) => topic.racks(partition).toSorted());
  return int64(JSON.stringify([FORM, topic.topicId, topic.name, racks]));
}

/**
 * Hash of all topics of a subscription in whatever order; 0 for none. An int64. Callers that keep the hashes of topics whose
 * metadata has not changed pass them as `hashOf`.
 */
export function topicsHash<Topic extends HashedTopic>(topics: Iterable<Topic>, hashOf: (topic: Topic) => bigint = topicHash): bigint {
  const hashes = [...topics].map((topic) => `${topic.topicId} ${hashOf(topic)}`);
  return hashes.length === 0 ? 0n : int64(hashes.sort().join());
}

const int64 = (text: string): bigint => createHash("sha256").update(text).digest().readBigInt64BE();
