// The Kafka wire protocol: declarations, codecs, frames, errors.
export { apiByKey, hasVersion } from "./api-table.js";
export { Produce } from "./apis/00-produce.js";
export { Fetch } from "./apis/01-fetch.js";
export { ListOffsets } from "./apis/02-list-offsets.js";
export { Metadata } from "./apis/03-metadata.js";
export { OffsetCommit } from "./apis/08-offset-commit.js";
export { OffsetFetch } from "./apis/09-offset-fetch.js";
export { FindCoordinator } from "./apis/10-find-coordinator.js";
export { JoinGroup } from "./apis/11-join-group.js";
export { Heartbeat } from "./apis/12-heartbeat.js";
export { LeaveGroup } from "./apis/13-leave-group.js";
export { SyncGroup } from "./apis/14-sync-group.js";
export { DescribeGroups } from "./apis/15-describe-groups.js";
export { ListGroups } from "./apis/16-list-groups.js";
export { SaslHandshake } from "./apis/17-sasl-handshake.js";
export { ApiVersions } from "./apis/18-api-versions.js";
export { CreateTopics } from "./apis/19-create-topics.js";
export { DeleteTopics } from "./apis/20-delete-topics.js";
export { DeleteRecords } from "./apis/21-delete-records.js";
export { InitProducerId } from "./apis/22-init-producer-id.js";
export { OffsetForLeaderEpoch } from "./apis/23-offset-for-leader-epoch.js";
export { AddPartitionsToTxn } from "./apis/24-add-partitions-to-txn.js";
export { AddOffsetsToTxn } from "./apis/25-add-offsets-to-txn.js";
export { EndTxn } from "./apis/26-end-txn.js";
export { WriteTxnMarkers } from "./apis/27-write-txn-markers.js";
export { TxnOffsetCommit } from "./apis/28-txn-offset-commit.js";
export { DescribeAcls } from "./apis/29-describe-acls.js";
export { CreateAcls } from "./apis/30-create-acls.js";
export { DeleteAcls } from "./apis/31-delete-acls.js";
export { DescribeConfigs } from "./apis/32-describe-configs.js";
export { AlterConfigs } from "./apis/33-alter-configs.js";
export { AlterReplicaLogDirs } from "./apis/34-alter-replica-log-dirs.js";
export { DescribeLogDirs } from "./apis/35-describe-log-dirs.js";
export { SaslAuthenticate } from "./apis/36-sasl-authenticate.js";
export { CreatePartitions } from "./apis/37-create-partitions.js";
export { CreateDelegationToken } from "./apis/38-create-delegation-token.js";
export { RenewDelegationToken } from "./apis/39-renew-delegation-token.js";
export { ExpireDelegationToken } from "./apis/40-expire-delegation-token.js";
export { DescribeDelegationToken } from "./apis/41-describe-delegation-token.js";
export { DeleteGroups } from "./apis/42-delete-groups.js";
export { ElectLeaders } from "./apis/43-elect-leaders.js";
export { IncrementalAlterConfigs } from "./apis/44-incremental-alter-configs.js";
export { AlterPartitionReassignments } from "./apis/45-alter-partition-reassignments.js";
export { ListPartitionReassignments } from "./apis/46-list-partition-reassignments.js";
export { OffsetDelete } from "./apis/47-offset-delete.js";
export { DescribeClientQuotas } from "./apis/48-describe-client-quotas.js";
export { AlterClientQuotas } from "./apis/49-alter-client-quotas.js";
export { DescribeUserScramCredentials } from "./apis/50-describe-user-scram-credentials.js";
export { AlterUserScramCredentials } from "./apis/51-alter-user-scram-credentials.js";
export { DescribeQuorum } from "./apis/55-describe-quorum.js";
export { UpdateFeatures } from "./apis/57-update-features.js";
export { DescribeCluster } from "./apis/60-describe-cluster.js";
export { DescribeProducers } from "./apis/61-describe-producers.js";
export { DescribeTransactions } from "./apis/65-describe-transactions.js";
export { ListTransactions } from "./apis/66-list-transactions.js";
export { ConsumerGroupHeartbeat } from "./apis/68-consumer-group-heartbeat.js";
export { ConsumerGroupDescribe } from "./apis/69-consumer-group-describe.js";
export { GetTelemetrySubscriptions } from "./apis/71-get-telemetry-subscriptions.js";
export { PushTelemetry } from "./apis/72-push-telemetry.js";
export { ListConfigResources } from "./apis/74-list-config-resources.js";
export { DescribeTopicPartitions } from "./apis/75-describe-topic-partitions.js";
export { ShareGroupHeartbeat } from "./apis/76-share-group-heartbeat.js";
export { ShareGroupDescribe } from "./apis/77-share-group-describe.js";
export { ShareFetch } from "./apis/78-share-fetch.js";
export { ShareAcknowledge } from "./apis/79-share-acknowledge.js";
export { StreamsGroupHeartbeat } from "./apis/88-streams-group-heartbeat.js";
export { StreamsGroupDescribe } from "./apis/89-streams-group-describe.js";
export { DescribeShareGroupOffsets } from "./apis/90-describe-share-group-offsets.js";
export { AlterShareGroupOffsets } from "./apis/91-alter-share-group-offsets.js";
export { DeleteShareGroupOffsets } from "./apis/92-delete-share-group-offsets.js";
export { type ApiName, apis } from "./apis/index.js";
export type {
  Api,
  Message,
  MessageInput,
  MessageOf,
  RecordsInput,
  RequestInput,
  RequestOf,
  ResponseInput,
  ResponseOf,
} from "./declaration.js";
export { decodeMessage, decodeRequest, decodeResponse, encodeMessage, encodeRequest, encodeResponse } from "./encoding.js";
export { type ErrorEntry, type ErrorName, errorByCode, errors } from "./errors.js";
export {
  type DecodedRequestHeader,
  decodeRequestHeader,
  decodeResponseHeader,
  encodeRequestFrame,
  encodeRequestHeader,
  encodeResponseFrame,
  type RequestEnvelope,
  requestHeaderVersion,
  responseHeaderVersion,
} from "./frames.js";
export {
  ConsumerGroupCurrentMemberAssignmentKey,
  ConsumerGroupCurrentMemberAssignmentValue,
  ConsumerGroupMemberMetadataKey,
  ConsumerGroupMemberMetadataValue,
  ConsumerGroupMetadataKey,
  ConsumerGroupMetadataValue,
  ConsumerGroupPartitionMetadataKey,
  ConsumerGroupPartitionMetadataValue,
  ConsumerGroupRegularExpressionKey,
  ConsumerGroupRegularExpressionValue,
  ConsumerGroupTargetAssignmentMemberKey,
  ConsumerGroupTargetAssignmentMemberValue,
  ConsumerGroupTargetAssignmentMetadataKey,
  ConsumerGroupTargetAssignmentMetadataValue,
} from "./internal/consumer-group.js";
export { ConsumerProtocolAssignment, ConsumerProtocolSubscription } from "./internal/consumer-protocol.js";
export { ControlRecordType, EndTxnMarker } from "./internal/control-records.js";
export { GroupMetadataKey, GroupMetadataValue } from "./internal/group-metadata.js";
export { LegacyOffsetCommitKey, LegacyOffsetCommitValue, OffsetCommitKey, OffsetCommitValue } from "./internal/offset-commit.js";
export { DefaultPrincipalData } from "./internal/principal.js";
export {
  ShareGroupCurrentMemberAssignmentKey,
  ShareGroupCurrentMemberAssignmentValue,
  ShareGroupMemberMetadataKey,
  ShareGroupMemberMetadataValue,
  ShareGroupMetadataKey,
  ShareGroupMetadataValue,
  ShareGroupStatePartitionMetadataKey,
  ShareGroupStatePartitionMetadataValue,
  ShareGroupTargetAssignmentMemberKey,
  ShareGroupTargetAssignmentMemberValue,
  ShareGroupTargetAssignmentMetadataKey,
  ShareGroupTargetAssignmentMetadataValue,
} from "./internal/share-group.js";
export { ShareSnapshotKey, ShareSnapshotValue, ShareUpdateKey, ShareUpdateValue } from "./internal/share-state.js";
export {
  StreamsGroupCurrentMemberAssignmentKey,
  StreamsGroupCurrentMemberAssignmentValue,
  StreamsGroupMemberMetadataKey,
  StreamsGroupMemberMetadataValue,
  StreamsGroupMetadataKey,
  StreamsGroupMetadataValue,
  StreamsGroupTargetAssignmentMemberKey,
  StreamsGroupTargetAssignmentMemberValue,
  StreamsGroupTargetAssignmentMetadataKey,
  StreamsGroupTargetAssignmentMetadataValue,
  StreamsGroupTopologyKey,
  StreamsGroupTopologyValue,
} from "./internal/streams-group.js";
export { TransactionLogKey, TransactionLogValue } from "./internal/transaction-log.js";
export { ProtocolError } from "./protocol-error.js";
export { decodeVersioned, encodeVersioned, versionedPrefix } from "./versioned.js";
export { includesVersion, type VersionRange } from "./versions.js";
