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
  type AlterOutcome,
  alterConfigs,
  type ConfigOperation,
  configOperation,
  replaceConfigs,
} from "./configs/alter.js";
export { type BrokerConfig, brokerConfig, type ConnectionLimits } from "./configs/broker-config.js";
export { type CleanerConfig, cleanerConfig } from "./configs/cleaner-config.js";
export { configurationPage } from "./configs/configuration-page.js";
export type { ConfigDefinition, ConfigType, Effect, Importance, UpdateMode } from "./configs/definition.js";
export { brokerConfigs, type ConfigDefinitions, clientMetricsConfigs, groupConfigs, topicConfigs } from "./configs/definitions.js";
export {
  CONFIG_SOURCE_CODES,
  CONFIG_TYPE_CODES,
  type ConfigDescription,
  type ConfigSynonym,
  type DescribeOptions,
  type DescribeOutcome,
  describeConfigs,
  describeTopicConfigs,
} from "./configs/describe.js";
export {
  type GroupsConfig,
  groupsConfig,
  groupsConfigOf,
  type OffsetsTopicConfig,
  offsetsTopicConfig,
} from "./configs/groups-config.js";
export type { ConfigSource, LocalBroker } from "./configs/layers.js";
export {
  CONFIG_RESOURCE_CODES,
  type ConfigProblem,
  type ConfigResource,
  type ConfigResourceType,
  configResourceType,
} from "./configs/resource.js";
export { effectiveTopicConfig, type TopicConfig } from "./configs/topic-config.js";
export {
  type TransactionsConfig,
  type TransactionsTopicConfig,
  transactionsConfig,
  transactionsTopicConfig,
} from "./configs/transactions-config.js";
export { topicConfigProblem, topicConfigsProblem } from "./configs/validate.js";
export { type ConfigValue, canonicalText, listItems, type ParsedConfig, parseConfig } from "./configs/value.js";
export {
  type AssignmentOrder,
  type AssignmentOutcome,
  assignPartitions,
  type NewPartitions,
  orderAssignments,
  placePartitions,
} from "./placement/placement.js";
export { PropertiesError, parseProperties } from "./properties/java-properties.js";
export {
  ALL_INTERFACES,
  type HostAndPort,
  type PropertiesReport,
  reportProperties,
  type ServerSettings,
  serverSettings,
} from "./properties/server-properties.js";
export { MAX_TOPIC_NAME_LENGTH, topicNameProblem } from "./topics/names.js";
