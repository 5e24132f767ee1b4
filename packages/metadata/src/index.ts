export type {
  BrokerConfigsSet,
  BrokerRegistered,
  ClientMetricsConfigsSet,
  ClusterCreated,
  ClusterEvent,
  ConfigChanges,
  GroupConfigsSet,
  ListenerAddress,
  PartitionAssignment,
  PartitionsAdded,
  ProducerIdsAllocated,
  TopicConfigsSet,
  TopicCreated,
  TopicDeleted,
} from "./cluster/events.js";
export { decodeEvent, encodeEvent, UnreadableEventError } from "./cluster/events.js";
export { type ClusterFold, clusterFold } from "./cluster/fold.js";
export {
  type BrokerImage,
  type ClusterImage,
  type ConfigValues,
  isInternalTopic,
  type PartitionImage,
  type TopicImage,
} from "./cluster/image.js";
export { type Metadata, type OpenMetadataOptions, openMetadata, type Proposal } from "./cluster/metadata-store.js";
export {
  type AssignmentOrder,
  type AssignmentOutcome,
  assignPartitions,
  type NewPartitions,
  orderAssignments,
  placePartitions,
} from "./placement/placement.js";
export { MAX_TOPIC_NAME_LENGTH, topicNameProblem } from "./topics/names.js";
