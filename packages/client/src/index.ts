export type { Acl, AclFilter, AclPattern, AclPermission, AclResourceType, Acls } from "./admin/acls.js";
export type { Admin } from "./admin/admin.js";
export type {
  BrokerDescription,
  ClusterDescription,
  ClusterInfos,
  Features,
  FeatureUpdate,
  Quorum,
  QuorumReplica,
} from "./admin/cluster-info.js";
export type {
  ConfigChange,
  ConfigChanges,
  ConfigDescription,
  ConfigEntry,
  ConfigResource,
  ConfigResourceType,
  ConfigSource,
  Configs,
  ConfigValueType,
  DescribeConfigsOptions,
} from "./admin/configs.js";
export type { GroupDescription, GroupDescriptions, MemberDescription } from "./admin/describe-groups.js";
export type { PartitionDescription, TopicDescription, TopicListing, TopicQuestions } from "./admin/describe-topics.js";
export type { GroupOffset, GroupOffsets, ReadOffsetsOptions } from "./admin/group-offsets.js";
export type { GroupListing, GroupState, Groups, GroupType, ListGroupsOptions, MemberToRemove } from "./admin/groups.js";
export type { LogDir, LogDirReplica, LogDirs, ReplicaMove } from "./admin/log-dirs.js";
export type { Deleted, DeletionPoint, ListOffsetsOptions, OffsetFound, OffsetQuestion, OffsetSpec, Offsets } from "./admin/offsets.js";
export type { Operation } from "./admin/operations.js";
export type { Outcome, PerItem } from "./admin/outcome.js";
export type { Quota, QuotaChange, QuotaEntity, QuotaFilter, Quotas } from "./admin/quotas.js";
export type { Elected, OngoingReassignment, Reassignment, Replicas } from "./admin/replicas.js";
export type { AdminOptions } from "./admin/rounds.js";
export type { TopicPartition } from "./admin/routes.js";
export type { ScramChange, ScramCredentials, ScramMechanism, ScramUser } from "./admin/scram.js";
export type { ShareOffset, ShareOffsetDescription, ShareOffsets } from "./admin/share-offsets.js";
export type { DelegationToken, DelegationTokens, NewToken, Principal } from "./admin/tokens.js";
export type { ChangeOptions, CreatedTopic, MorePartitions, NewTopic, TopicChanges } from "./admin/topics.js";
export type {
  FencedProducer,
  HangingTransaction,
  ListTransactionsOptions,
  PartitionProducers,
  ProducerDescription,
  TransactionDescription,
  TransactionListing,
  TransactionState,
  Transactions,
} from "./admin/transactions.js";
export { type Client, createClient } from "./client.js";
export { type Cluster, clusterOf } from "./cluster/cluster.js";
export type { ClusterInfo, PartitionInfo, TopicInfo } from "./cluster/metadata.js";
export type { CloseOptions, Consumer, PartitionLag } from "./consumer/consumer.js";
export type {
  AssignorName,
  ConsumerOptions,
  Deserializer,
  GroupProtocol,
  Isolation,
  RecordPlace,
  StartFrom,
} from "./consumer/options.js";
export type { ConsumerBatch, ConsumerRecord } from "./consumer/record.js";
export { ClientError, type ClientErrorCode } from "./errors.js";
export type { ClientOptions, World } from "./options.js";
export type {
  Acks,
  Bytes,
  Delivery,
  Headers,
  HeaderValue,
  PartitionChoice,
  Partitioner,
  ProducerOptions,
  ProducerRecord,
  Serializer,
} from "./producer/options.js";
export type { Producer, Sending, SendOptions } from "./producer/producer.js";
export type { GroupIdentity, OffsetToCommit } from "./producer/transaction/offsets.js";
export type { Transaction } from "./producer/transaction/transaction.js";
