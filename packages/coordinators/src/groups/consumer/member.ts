// A member of a consumer group: what it said of itself, and how far it has come towards its assignment. Values: a change makes a new one.
import { sameProtocols } from "../classic/protocols.js";
import type { ListedPartitions, OwnedPartitions } from "./owned-partitions.js";
import { NO_PARTITIONS } from "./owned-partitions.js";

/** What a member of the classic protocol brings beside (KIP-848, live migration). */
export interface ClassicMetadata {
  readonly sessionTimeoutMs: number;
  readonly supportedProtocols: readonly { readonly name: string; readonly metadata: Uint8Array }[];
}

export interface MemberMetadata {
  readonly instanceId: string | null;
  readonly rackId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  /** In order, each once. */
  readonly subscribedTopicNames: readonly string[];
  /** "" for none. */
  readonly subscribedTopicRegex: string;
  readonly rebalanceTimeoutMs: number;
  readonly serverAssignor: string | null;
  /** Undefined: it speaks the consumer protocol. */
  readonly classic: ClassicMetadata | undefined;
}

/**
 * - stable: it has what its epoch gives it
 * - unrevoked: it has been asked to give up partitions, and stays in its epoch until it says that it has
 * - unreleased: it is in the newest epoch, but partitions that it should have are still another's
 * - unknown: of a release to come
 */
export type MemberState = "stable" | "unrevoked" | "unreleased" | "unknown";

export interface CurrentAssignment {
  readonly memberEpoch: number;
  /** The epoch before, accepted from a member that missed an answer. */
  readonly previousMemberEpoch: number;
  readonly state: MemberState;
  readonly assigned: OwnedPartitions;
  /** Still the member's until it says that it gave them up. */
  readonly pendingRevocation: OwnedPartitions;
}

export interface ConsumerMember {
  readonly memberId: string;
  readonly metadata: MemberMetadata;
  readonly current: CurrentAssignment;
}

/** What a member says that it owns; undefined when it says nothing. */
export type Claims = ListedPartitions | undefined;

/** Epoch of a member that wants to join. */
export const JOINING_EPOCH = 0;
/** Epoch of a member that leaves for good, and of a static member that leaves for a while. */
export const LEAVING_EPOCH = -1;
export const AWAY_EPOCH = -2;

const NO_METADATA: MemberMetadata = {
  instanceId: null,
  rackId: null,
  clientId: "",
  clientHost: "",
  subscribedTopicNames: [],
  subscribedTopicRegex: "",
  rebalanceTimeoutMs: -1,
  serverAssignor: null,
  classic: undefined,
};

const NOTHING_YET: CurrentAssignment = {
  memberEpoch: 0,
  previousMemberEpoch: 0,
  state: "stable",
  assigned: NO_PARTITIONS,
  pendingRevocation: NO_PARTITIONS,
};

export const newMember = (memberId: string): ConsumerMember => ({ memberId, metadata: NO_METADATA, current: NOTHING_YET });

export const isReconciled = ({ current }: ConsumerMember, epoch: number): boolean =>
  current.state === "stable" && current.memberEpoch === epoch;

/** The expression that a member subscribes with, or undefined. */
export const regexOf = ({ metadata }: ConsumerMember): string | undefined => metadata.subscribedTopicRegex || undefined;

export const sameNames = (one: readonly string[], other: readonly string[]): boolean =>
  one === other || (one.length === other.length && one.every((name, index) => name === other[index]));

export const sameMetadata = (one: MemberMetadata, other: MemberMetadata): boolean =>
  one.instanceId === other.instanceId &&
  one.rackId === other.rackId &&
  one.clientId === other.clientId &&
  one.clientHost === other.clientHost &&
  one.subscribedTopicRegex === other.subscribedTopicRegex &&
  one.rebalanceTimeoutMs === other.rebalanceTimeoutMs &&
  one.serverAssignor === other.serverAssignor &&
  sameClassic(one.classic, other.classic) &&
  sameNames(one.subscribedTopicNames, other.subscribedTopicNames);

const sameClassic = (one: ClassicMetadata | undefined, other: ClassicMetadata | undefined): boolean =>
  one === other ||
  (one !== undefined &&
    other !== undefined &&
    one.sessionTimeoutMs === other.sessionTimeoutMs &&
    sameProtocols(one.supportedProtocols, other.supportedProtocols));
