// The table of errors: what each code is called, whether trying again may help, and what to tell a person.

export interface ErrorEntry<Name extends string = string> {
  readonly code: number;
  readonly name: Name;
  /** Whether the same request may succeed later. */
  readonly retriable: boolean;
  /** Whether a client should refresh its metadata before it tries again. */
  readonly refreshMetadata: boolean;
  readonly message: string;
}

type Advice = "final" | "retriable" | "retriable, refresh metadata";

function entry(code: number, advice: Advice, message: string): Omit<ErrorEntry, "name"> {
  return { code, retriable: advice !== "final", refreshMetadata: advice === "retriable, refresh metadata", message };
}

const entries = {
  UNKNOWN_SERVER_ERROR: entry(-1, "final", "The broker failed in a way it did not expect; its log says how."),
  NONE: entry(0, "final", "No error."),
  OFFSET_OUT_OF_RANGE: entry(1, "final", "The partition holds no record at this offset: it lies before the log's start or after its end."),
  CORRUPT_MESSAGE: entry(2, "retriable", "The records do not match their checksum, or are malformed."),
  UNKNOWN_TOPIC_OR_PARTITION: entry(3, "retriable, refresh metadata", "This broker knows no such topic or partition."),
  INVALID_FETCH_SIZE: entry(4, "final", "The number of bytes to fetch must not be negative."),
  LEADER_NOT_AVAILABLE: entry(5, "retriable, refresh metadata", "The partition has no leader at the moment."),
  NOT_LEADER_OR_FOLLOWER: entry(
    6,
    "retriable, refresh metadata",
    "This broker does not lead the partition; refresh the metadata and ask the one that does.",
  ),
  REQUEST_TIMED_OUT: entry(7, "retriable", "The request was not done within its time limit."),
  BROKER_NOT_AVAILABLE: entry(8, "final", "The broker is not available."),
  REPLICA_NOT_AVAILABLE: entry(9, "retriable, refresh metadata", "This broker has no replica of the partition."),
  MESSAGE_TOO_LARGE: entry(10, "final", "The batch is larger than the topic's max.message.bytes."),
  STALE_CONTROLLER_EPOCH: entry(11, "final", "A newer controller has taken over."),
  OFFSET_METADATA_TOO_LARGE: entry(12, "final", "The text committed with the offset is too long."),
  NETWORK_EXCEPTION: entry(13, "retriable, refresh metadata", "The connection broke before the answer came."),
  COORDINATOR_LOAD_IN_PROGRESS: entry(14, "retriable", "The coordinator is still loading its state; try again."),
  COORDINATOR_NOT_AVAILABLE: entry(15, "retriable", "No coordinator is available at the moment."),
  NOT_COORDINATOR: entry(16, "retriable", "This broker does not coordinate it; find the coordinator again."),
  INVALID_TOPIC_EXCEPTION: entry(17, "final", "The topic's name is not allowed, or the topic may not be used so."),
  RECORD_LIST_TOO_LARGE: entry(18, "final", "The batches together are larger than a segment may be."),
  NOT_ENOUGH_REPLICAS: entry(19, "retriable", "Fewer replicas are in sync than min.insync.replicas asks for; nothing was written."),
  NOT_ENOUGH_REPLICAS_AFTER_APPEND: entry(
    20,
    "retriable",
    "The records were written, but to fewer replicas than min.insync.replicas asks for.",
  ),
  INVALID_REQUIRED_ACKS: entry(21, "final", "acks must be 0, 1 or -1 (all)."),
  ILLEGAL_GENERATION: entry(22, "final", "The group has moved on to another generation."),
  INCONSISTENT_GROUP_PROTOCOL: entry(23, "final", "The member shares no protocol with the rest of the group."),
  INVALID_GROUP_ID: entry(24, "final", "The group id is empty or not allowed."),
  UNKNOWN_MEMBER_ID: entry(25, "final", "The group has no member of this id."),
  INVALID_SESSION_TIMEOUT: entry(
    26,
    "final",
    "The session timeout lies outside what the broker allows (group.min.session.timeout.ms to group.max.session.timeout.ms).",
  ),
  REBALANCE_IN_PROGRESS: entry(27, "final", "The group is rebalancing; join it again."),
  INVALID_COMMIT_OFFSET_SIZE: entry(28, "final", "The offsets to commit do not fit into one batch."),
  TOPIC_AUTHORIZATION_FAILED: entry(29, "final", "The principal may not do this with the topic."),
  GROUP_AUTHORIZATION_FAILED: entry(30, "final", "The principal may not do this with the group."),
  CLUSTER_AUTHORIZATION_FAILED: entry(31, "final", "The principal may not do this with the cluster."),
  INVALID_TIMESTAMP: entry(32, "final", "The record's timestamp is further from the broker's clock than the topic allows."),
  UNSUPPORTED_SASL_MECHANISM: entry(33, "final", "The broker does not offer this SASL mechanism."),
  ILLEGAL_SASL_STATE: entry(34, "final", "The request is out of place at this point of the authentication."),
  UNSUPPORTED_VERSION: entry(35, "final", "The broker does not serve this version of the request."),
  TOPIC_ALREADY_EXISTS: entry(36, "final", "There is a topic of this name already."),
  INVALID_PARTITIONS: entry(37, "final", "The number of partitions is not allowed."),
  INVALID_REPLICATION_FACTOR: entry(38, "final", "The replication factor is below 1 or more than there are brokers."),
  INVALID_REPLICA_ASSIGNMENT: entry(39, "final", "The assignment of replicas names wrong brokers or partitions."),
  INVALID_CONFIG: entry(40, "final", "A configuration has a name or value that is not allowed."),
  NOT_CONTROLLER: entry(41, "retriable", "This broker is not the controller."),
  INVALID_REQUEST: entry(42, "final", "The request contradicts itself or lacks something."),
  UNSUPPORTED_FOR_MESSAGE_FORMAT: entry(43, "final", "The message format does not allow this."),
  POLICY_VIOLATION: entry(44, "final", "A policy of the cluster forbids it."),
  OUT_OF_ORDER_SEQUENCE_NUMBER: entry(45, "final", "A batch of this producer is missing before this one."),
  DUPLICATE_SEQUENCE_NUMBER: entry(46, "final", "The producer has sent this batch before."),
  INVALID_PRODUCER_EPOCH: entry(47, "final", "The producer's epoch is old: another has taken its place."),
  INVALID_TXN_STATE: entry(48, "final", "The transaction's state does not allow this."),
  INVALID_PRODUCER_ID_MAPPING: entry(49, "final", "The producer id is not the one of this transactional id."),
  INVALID_TRANSACTION_TIMEOUT: entry(50, "final", "The transaction timeout is longer than the broker's transaction.max.timeout.ms."),
  CONCURRENT_TRANSACTIONS: entry(51, "retriable", "The transaction before it is not complete yet; try again."),
  TRANSACTION_COORDINATOR_FENCED: entry(52, "final", "The transaction has another coordinator now."),
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: entry(53, "final", "The principal may not use this transactional id."),
  SECURITY_DISABLED: entry(54, "final", "The broker has no authorizer, so there are no access rules."),
  OPERATION_NOT_ATTEMPTED: entry(55, "final", "Not tried, because something before it failed."),
  KAFKA_STORAGE_ERROR: entry(56, "retriable, refresh metadata", "The disk failed, or is full."),
  LOG_DIR_NOT_FOUND: entry(57, "final", "The broker has no such log directory."),
  SASL_AUTHENTICATION_FAILED: entry(58, "final", "The credentials are not accepted."),
  UNKNOWN_PRODUCER_ID: entry(59, "final", "The broker no longer remembers this producer."),
  REASSIGNMENT_IN_PROGRESS: entry(60, "final", "The partition is already being moved."),
  DELEGATION_TOKEN_AUTH_DISABLED: entry(61, "final", "Delegation tokens are switched off."),
  DELEGATION_TOKEN_NOT_FOUND: entry(62, "final", "There is no such delegation token."),
  DELEGATION_TOKEN_OWNER_MISMATCH: entry(63, "final", "Only the token's owner or a named renewer may do this."),
  DELEGATION_TOKEN_REQUEST_NOT_ALLOWED: entry(
    64,
    "final",
    "Tokens are handled over connections that TLS or a password authenticates, not over this one.",
  ),
  DELEGATION_TOKEN_AUTHORIZATION_FAILED: entry(65, "final", "The principal may not do this with the token."),
  DELEGATION_TOKEN_EXPIRED: entry(66, "final", "The delegation token has expired."),
  INVALID_PRINCIPAL_TYPE: entry(67, "final", "This type of principal is not supported here."),
  NON_EMPTY_GROUP: entry(68, "final", "The group still has members."),
  GROUP_ID_NOT_FOUND: entry(69, "final", "There is no such group."),
  FETCH_SESSION_ID_NOT_FOUND: entry(70, "retriable", "The broker no longer keeps this fetch session; start another."),
  INVALID_FETCH_SESSION_EPOCH: entry(71, "retriable", "The fetch session's epoch is not the next one; start another."),
  LISTENER_NOT_FOUND: entry(72, "retriable, refresh metadata", "The leader has no listener of the name this request came through."),
  TOPIC_DELETION_DISABLED: entry(73, "final", "Deleting topics is switched off (delete.topic.enable)."),
  FENCED_LEADER_EPOCH: entry(74, "retriable, refresh metadata", "The leader epoch is older than the broker's; refresh the metadata."),
  UNKNOWN_LEADER_EPOCH: entry(75, "retriable", "The leader epoch is newer than the broker knows; try again."),
  UNSUPPORTED_COMPRESSION_TYPE: entry(76, "final", "This version of the request does not allow the compression used."),
  STALE_BROKER_EPOCH: entry(77, "final", "The broker has registered anew since."),
  OFFSET_NOT_AVAILABLE: entry(78, "retriable", "The new leader does not know yet up to where records are committed; try again."),
  MEMBER_ID_REQUIRED: entry(79, "final", "Join again with the member id of this answer."),
  PREFERRED_LEADER_NOT_AVAILABLE: entry(80, "retriable, refresh metadata", "The preferred leader is not available."),
  GROUP_MAX_SIZE_REACHED: entry(81, "final", "The group has as many members as it may have."),
  FENCED_INSTANCE_ID: entry(82, "final", "Another member has joined with this instance id."),
  ELIGIBLE_LEADERS_NOT_AVAILABLE: entry(83, "retriable, refresh metadata", "No replica that could lead is available."),
  ELECTION_NOT_NEEDED: entry(84, "retriable, refresh metadata", "The partition has the leader it should have."),
  NO_REASSIGNMENT_IN_PROGRESS: entry(85, "final", "The partition is not being moved."),
  GROUP_SUBSCRIBED_TO_TOPIC: entry(86, "final", "A member of the group still reads the topic."),
  INVALID_RECORD: entry(87, "final", "A record breaks a rule of its topic or of the format."),
  UNSTABLE_OFFSET_COMMIT: entry(88, "retriable", "A transaction that has offsets of this group is still open."),
  THROTTLING_QUOTA_EXCEEDED: entry(89, "retriable", "The quota is used up; try again after the throttle time."),
  PRODUCER_FENCED: entry(90, "final", "A newer producer uses this transactional id."),
  RESOURCE_NOT_FOUND: entry(91, "final", "There is no such resource."),
  DUPLICATE_RESOURCE: entry(92, "final", "The request names a resource twice."),
  UNACCEPTABLE_CREDENTIAL: entry(93, "final", "The credential is empty, or too weak or too strong."),
  INCONSISTENT_VOTER_SET: entry(94, "final", "The voters named are not those of the quorum."),
  INVALID_UPDATE_VERSION: entry(95, "final", "The feature cannot go to this level."),
  FEATURE_UPDATE_FAILED: entry(96, "final", "The features were not updated, by reason of the broker."),
  PRINCIPAL_DESERIALIZATION_FAILURE: entry(97, "final", "The principal of the forwarded request cannot be read."),
  SNAPSHOT_NOT_FOUND: entry(98, "final", "There is no such snapshot."),
  POSITION_OUT_OF_RANGE: entry(99, "final", "The position lies outside the snapshot."),
  UNKNOWN_TOPIC_ID: entry(100, "retriable, refresh metadata", "This broker knows no topic of this id."),
  DUPLICATE_BROKER_REGISTRATION: entry(101, "final", "A broker of this id is registered already."),
  BROKER_ID_NOT_REGISTERED: entry(102, "final", "No broker of this id is registered."),
  INCONSISTENT_TOPIC_ID: entry(103, "retriable, refresh metadata", "The topic's id is not the one it had; the topic was created anew."),
  INCONSISTENT_CLUSTER_ID: entry(104, "final", "The request is meant for another cluster."),
  TRANSACTIONAL_ID_NOT_FOUND: entry(105, "final", "There is no such transactional id."),
  FETCH_SESSION_TOPIC_ID_ERROR: entry(
    106,
    "retriable",
    "The fetch session was begun with topic names where this request has ids, or the other way round.",
  ),
  INELIGIBLE_REPLICA: entry(107, "final", "The replica may not join those in sync."),
  NEW_LEADER_ELECTED: entry(108, "final", "The change made another broker the leader."),
  OFFSET_MOVED_TO_TIERED_STORAGE: entry(109, "final", "The offset has moved to tiered storage."),
  FENCED_MEMBER_EPOCH: entry(110, "final", "The member's epoch is not the coordinator's; leave everything and join again."),
  UNRELEASED_INSTANCE_ID: entry(111, "final", "Another member still uses this instance id."),
  UNSUPPORTED_ASSIGNOR: entry(112, "final", "The group cannot use this assignor."),
  STALE_MEMBER_EPOCH: entry(113, "final", "The member's epoch is old; try again after the next heartbeat."),
  MISMATCHED_ENDPOINT_TYPE: entry(114, "final", "The request is for a controller, or for a broker, and this is the other."),
  UNSUPPORTED_ENDPOINT_TYPE: entry(115, "final", "There is no such type of endpoint."),
  UNKNOWN_CONTROLLER_ID: entry(116, "final", "There is no controller of this id."),
  UNKNOWN_SUBSCRIPTION_ID: entry(117, "final", "The metrics subscription has changed; ask for it again."),
  TELEMETRY_TOO_LARGE: entry(118, "final", "The metrics are larger than the broker takes."),
  INVALID_REGISTRATION: entry(119, "final", "The controller does not accept this registration."),
  TRANSACTION_ABORTABLE: entry(120, "final", "The transaction must be aborted; the producer may go on after that."),
  INVALID_RECORD_STATE: entry(121, "final", "The record is not in a state that allows this: it may be acquired by another, or done."),
  SHARE_SESSION_NOT_FOUND: entry(122, "retriable", "The broker does not keep this share session; start another."),
  INVALID_SHARE_SESSION_EPOCH: entry(123, "retriable", "The share session's epoch is not the next one; start another."),
  FENCED_STATE_EPOCH: entry(124, "final", "The share partition has moved to a newer state epoch."),
  INVALID_VOTER_KEY: entry(125, "final", "The voter's key is not the receiver's."),
  DUPLICATE_VOTER: entry(126, "final", "The voter belongs to the quorum already."),
  VOTER_NOT_FOUND: entry(127, "final", "The voter does not belong to the quorum."),
  INVALID_REGULAR_EXPRESSION: entry(128, "final", "The regular expression is not valid."),
  REBOOTSTRAP_REQUIRED: entry(129, "final", "The client's metadata is too old; it must start again from its bootstrap servers."),
  STREAMS_INVALID_TOPOLOGY: entry(130, "final", "The topology contradicts itself."),
  STREAMS_INVALID_TOPOLOGY_EPOCH: entry(131, "final", "The topology's epoch is not the group's."),
  STREAMS_TOPOLOGY_FENCED: entry(132, "final", "The group uses a newer topology."),
  SHARE_SESSION_LIMIT_REACHED: entry(133, "retriable", "The broker keeps as many share sessions as it may; try again later."),
} as const;

/** The name of an error, such as "NOT_COORDINATOR". */
export type ErrorName = keyof typeof entries;

/** Every error by name. */
export const errors = Object.fromEntries(Object.entries(entries).map(([name, rest]) => [name, { ...rest, name }])) as {
  readonly [Name in ErrorName]: ErrorEntry<Name>;
};

const byCode = new Map<number, ErrorEntry<ErrorName>>(Object.values(errors).map((error) => [error.code, error]));

/** The error of a code; UNKNOWN_SERVER_ERROR for a code that is not in the table. */
export function errorByCode(code: number): ErrorEntry<ErrorName> {
  return byCode.get(code) ?? errors.UNKNOWN_SERVER_ERROR;
}
