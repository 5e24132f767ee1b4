// What groups are coordinated by: effective values, typed, of the broker and of one group.
import { assert } from "@moldau/std";
import type { ClusterImage } from "../cluster/image.js";
import { brokerReader, brokerSettings } from "./broker-settings.js";
import { groupConfigs } from "./definitions.js";
import { type LocalBroker, resourceLayers } from "./layers.js";
import { type TypedReader, typedReader } from "./typed.js";

export type GroupsConfig = Readonly<ReturnType<typeof read>>;

/** How __consumer_offsets is created and written. */
export interface OffsetsTopicConfig {
  readonly partitionCount: number;
  readonly replicationFactor: number;
  readonly segmentBytes: number;
  /** Kafka's number of the codec. */
  readonly compressionCodec: number;
}

const MS_PER_MINUTE = 60_000;
/** Kafka has it as group.consumer.regex.refresh.interval.ms, which nobody can see or set. */
const REGEX_REFRESH_INTERVAL_MS = 600_000;

/** The broker's settings for groups. Cheap when asked again. */
export const groupsConfig = brokerSettings(read);

/** The same with a group's own settings over them. */
export function groupsConfigOf(local: LocalBroker, image: ClusterImage, groupId: string): GroupsConfig {
  const common = groupsConfig(local, image);
  const own = image.groupConfigs(groupId);
  if (own.size === 0) return common;
  const reader = typedReader(groupConfigs, (definition) => resourceLayers(definition, own, "DYNAMIC_GROUP_CONFIG", image, local));
  return {
    ...common,
    consumerSessionTimeoutMs: reader.number("consumer.session.timeout.ms"),
    consumerHeartbeatIntervalMs: reader.number("consumer.heartbeat.interval.ms"),
    consumerAssignmentIntervalMs: reader.number("consumer.assignment.interval.ms"),
  };
}

export function offsetsTopicConfig(local: LocalBroker, image: ClusterImage): OffsetsTopicConfig {
  const reader = brokerReader(local, image);
  return {
    partitionCount: reader.number("offsets.topic.num.partitions"),
    replicationFactor: reader.number("offsets.topic.replication.factor"),
    segmentBytes: reader.number("offsets.topic.segment.bytes"),
    compressionCodec: reader.number("offsets.topic.compression.codec"),
  };
}

function read(reader: TypedReader) {
  const policy = POLICIES[reader.text("group.consumer.migration.policy").toLowerCase()];
  assert(policy, "group.consumer.migration.policy was validated");
  return {
    groupMinSessionTimeoutMs: reader.number("group.min.session.timeout.ms"),
    groupMaxSessionTimeoutMs: reader.number("group.max.session.timeout.ms"),
    groupInitialRebalanceDelayMs: reader.number("group.initial.rebalance.delay.ms"),
    groupMaxSize: reader.number("group.max.size"),
    consumerSessionTimeoutMs: reader.number("group.consumer.session.timeout.ms"),
    consumerHeartbeatIntervalMs: reader.number("group.consumer.heartbeat.interval.ms"),
    consumerAssignmentIntervalMs: reader.number("group.consumer.assignment.interval.ms"),
    groupConsumerMaxSize: reader.number("group.consumer.max.size"),
    groupConsumerAssignors: reader.list("group.consumer.assignors"),
    groupConsumerMigrationPolicy: policy,
    groupConsumerRegexRefreshIntervalMs: REGEX_REFRESH_INTERVAL_MS,
    offsetMetadataMaxBytes: reader.number("offset.metadata.max.bytes"),
    offsetsRetentionMs: reader.number("offsets.retention.minutes") * MS_PER_MINUTE,
    offsetsRetentionCheckIntervalMs: reader.number("offsets.retention.check.interval.ms"),
  };
}

const POLICIES: Readonly<Record<string, "disabled" | "upgrade" | "downgrade" | "bidirectional">> = {
  disabled: "disabled",
  upgrade: "upgrade",
  downgrade: "downgrade",
  bidirectional: "bidirectional",
};
