// What can be asked of the groups of one partition of __consumer_offsets. Requests are the protocol's own; those that name many groups
// come taken apart, one command for each group.
import type {
  ConsumerGroupDescribe,
  ConsumerGroupHeartbeat,
  DescribeGroups,
  Heartbeat,
  JoinGroup,
  LeaveGroup,
  ListGroups,
  OffsetCommit,
  OffsetDelete,
  OffsetFetch,
  RequestOf,
  ResponseInput,
  SyncGroup,
  TxnOffsetCommit,
} from "@moldau/protocol";
import type { TopicId } from "@moldau/std";
import type { Ticket, TransactionEnd } from "../runtime/machine.js";

/** Who asks, and in which version: what the answer depends on beside the request. */
export interface Caller {
  readonly version: number;
  readonly clientId: string;
  /** As Kafka has it in member descriptions: "/127.0.0.1". */
  readonly clientHost: string;
}

interface Asked<Kind extends string, Request, Response> {
  readonly kind: Kind;
  readonly ticket: Ticket<Response>;
  readonly request: Request;
  readonly caller: Caller;
}

type OneOf<Items> = Items extends readonly (infer Item)[] ? Item : never;

export type JoinGroupCommand = Asked<"joinGroup", RequestOf<typeof JoinGroup>, ResponseInput<typeof JoinGroup>>;
export type SyncGroupCommand = Asked<"syncGroup", RequestOf<typeof SyncGroup>, ResponseInput<typeof SyncGroup>>;
export type HeartbeatCommand = Asked<"heartbeat", RequestOf<typeof Heartbeat>, ResponseInput<typeof Heartbeat>>;
export type LeaveGroupCommand = Asked<"leaveGroup", RequestOf<typeof LeaveGroup>, ResponseInput<typeof LeaveGroup>>;
export type ConsumerGroupHeartbeatCommand = Asked<
  "consumerGroupHeartbeat",
  RequestOf<typeof ConsumerGroupHeartbeat>,
  ResponseInput<typeof ConsumerGroupHeartbeat>
>;

export type OffsetCommitCommand = Asked<"offsetCommit", RequestOf<typeof OffsetCommit>, ResponseInput<typeof OffsetCommit>>;
/** The transaction is known to be open, and to include the group's partition of __consumer_offsets. */
export type TransactionalOffsetCommitCommand = Asked<
  "transactionalOffsetCommit",
  RequestOf<typeof TxnOffsetCommit>,
  ResponseInput<typeof TxnOffsetCommit>
>;
/** One group of a batched OffsetFetch; older versions come in the same form. */
export type FetchedGroup = OneOf<ResponseInput<typeof OffsetFetch>["groups"]>;
export type OffsetFetchCommand = Asked<
  "offsetFetch",
  OneOf<RequestOf<typeof OffsetFetch>["groups"]> & { readonly requireStable: boolean },
  FetchedGroup
>;
export type OffsetDeleteCommand = Asked<"offsetDelete", RequestOf<typeof OffsetDelete>, ResponseInput<typeof OffsetDelete>>;

export type DescribedGroup = OneOf<ResponseInput<typeof DescribeGroups>["groups"]>;
export type DescribeGroupCommand = Asked<"describeGroup", { readonly groupId: string }, DescribedGroup>;
export type DescribedConsumerGroup = OneOf<ResponseInput<typeof ConsumerGroupDescribe>["groups"]>;
export type DescribeConsumerGroupCommand = Asked<"describeConsumerGroup", { readonly groupId: string }, DescribedConsumerGroup>;
export type ListedGroup = OneOf<ResponseInput<typeof ListGroups>["groups"]>;
/** Of this partition; filters are applied here. */
export type ListGroupsCommand = Asked<"listGroups", RequestOf<typeof ListGroups>, readonly ListedGroup[]>;
/** Answers with an error code. */
export type DeleteGroupCommand = Asked<"deleteGroup", { readonly groupId: string }, number>;

/** A producer's transaction is over, as far as it concerns this partition of __consumer_offsets. Answers when that is durable. */
export interface TransactionEndedCommand {
  readonly kind: "transactionEnded";
  readonly ticket: Ticket<undefined>;
  readonly end: TransactionEnd;
}

/** Topics were deleted: their offsets go. */
export interface TopicsDeletedCommand {
  readonly kind: "topicsDeleted";
  readonly topics: readonly { readonly id: TopicId; readonly name: string }[];
}

/** The client of a waiting request is gone: the answer is not awaited any more. What a machine does about it is its own matter. */
export interface AbandonedCommand {
  readonly kind: "abandoned";
  readonly ticket: Ticket<unknown>;
  readonly groupId: string;
}

/** Comes back from timers; `timer` is the name it was set under. */
export type TimerCommand =
  | { readonly kind: "classicSessionExpired"; readonly groupId: string; readonly memberId: string }
  | { readonly kind: "classicPendingMemberExpired"; readonly groupId: string; readonly memberId: string }
  | { readonly kind: "classicJoinPhaseEnded"; readonly groupId: string }
  | { readonly kind: "classicSyncPhaseEnded"; readonly groupId: string; readonly generation: number }
  | { readonly kind: "consumerSessionExpired"; readonly groupId: string; readonly memberId: string }
  | { readonly kind: "consumerRevocationExpired"; readonly groupId: string; readonly memberId: string; readonly memberEpoch: number }
  | { readonly kind: "consumerAssignmentDue"; readonly groupId: string }
  | { readonly kind: "consumerRegexDue"; readonly groupId: string }
  | { readonly kind: "consumerClassicMemberExpired"; readonly groupId: string; readonly memberId: string; readonly phase: "join" | "sync" }
  | { readonly kind: "offsetsRetentionDue"; readonly work: RetentionWork | undefined };

/** What a pass over the offsets has yet to look at; undefined: a new one begins. */
export interface RetentionWork {
  readonly groupIds: readonly string[];
  /** Index of the group that comes next. */
  readonly at: number;
  /** Which of its topics; undefined: all. */
  readonly topics: readonly string[] | undefined;
}

export type GroupsCommand =
  | JoinGroupCommand
  | SyncGroupCommand
  | HeartbeatCommand
  | LeaveGroupCommand
  | ConsumerGroupHeartbeatCommand
  | OffsetCommitCommand
  | TransactionalOffsetCommitCommand
  | TransactionEndedCommand
  | OffsetFetchCommand
  | OffsetDeleteCommand
  | DescribeGroupCommand
  | DescribeConsumerGroupCommand
  | ListGroupsCommand
  | DeleteGroupCommand
  | TopicsDeletedCommand
  | AbandonedCommand
  | TimerCommand;
