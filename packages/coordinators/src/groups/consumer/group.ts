// A consumer group (KIP-848): epochs, members, what each should own and does own. Changed by `apply` alone, in place.
//
//   group epoch ≥ assignment epoch ≥ a member's epoch
//   grows with every      the group epoch that the       the assignment epoch that the
//   change that matters   targets were worked out for    member has been led to
import type { TopicId } from "@moldau/std";
import type { Assignment } from "../assignors/assignor.js";
import type { World } from "../world.js";
import { type ConsumerMember, isReconciled } from "./member.js";

/** The topics that a regular expression stood for when it was last looked at. */
export interface ResolvedRegex {
  readonly topics: ReadonlySet<string>;
  /** Of the topics view. */
  readonly version: number;
  readonly timestampMs: number;
}

export interface ConsumerGroup {
  readonly kind: "consumer";
  readonly groupId: string;
  groupEpoch: number;
  /** Of the subscribed topics' metadata. */
  metadataHash: bigint;
  assignmentEpoch: number;
  /** When the targets were worked out; 0: never. */
  assignedAtMs: number;
  /** By member id. */
  readonly members: Map<string, ConsumerMember>;
  /** What each member should own, by member id. */
  readonly targets: Map<string, Assignment>;
  readonly regexes: Map<string, ResolvedRegex>;
  /** The topic keeps the partition metadata that Kafka wrote before 4.1: it goes with the next change. */
  hasPartitionMetadata: boolean;
  /** The version of the topics view that the metadata hash is of; undefined: none. In memory alone. */
  topicsVersion: number | undefined;
  /** Members of the classic protocol that were told to join again, and have a timer for it. In memory alone. */
  readonly awaitedJoins: Set<string>;
  readonly index: GroupIndex;
}

/** Derived from the members. */
export interface GroupIndex {
  /** Static members: instance id → member id. */
  readonly instances: Map<string, string>;
  /** Who holds a partition, as assigned or pending revocation: nobody else is given it. Invariant: one member at most. */
  readonly owners: Map<TopicId, Map<number, string>>;
  // How many members name a topic, an expression, an assignor, a classic protocol; absent: none.
  readonly topicNames: Map<string, number>;
  readonly regexes: Map<string, number>;
  readonly assignors: Map<string, number>;
  readonly classicProtocols: Map<string, number>;
  classicMembers: number;
}

/** Kafka's groups start with epoch 1: the first subscription makes it 2. */
export const newConsumerGroup = (groupId: string): ConsumerGroup => ({
  kind: "consumer",
  groupId,
  groupEpoch: 1,
  metadataHash: 0n,
  assignmentEpoch: 0,
  assignedAtMs: 0,
  members: new Map(),
  targets: new Map(),
  regexes: new Map(),
  hasPartitionMetadata: false,
  topicsVersion: undefined,
  awaitedJoins: new Set(),
  index: {
    instances: new Map(),
    owners: new Map(),
    topicNames: new Map(),
    regexes: new Map(),
    assignors: new Map(),
    classicProtocols: new Map(),
    classicMembers: 0,
  },
});

export type ConsumerGroupState = "Empty" | "Assigning" | "Reconciling" | "Stable";

export function stateOf(group: ConsumerGroup): ConsumerGroupState {
  if (group.members.size === 0) return "Empty";
  if (group.groupEpoch > group.assignmentEpoch) return "Assigning";
  for (const member of group.members.values()) if (!isReconciled(member, group.assignmentEpoch)) return "Reconciling";
  return "Stable";
}

export function staticMember(group: ConsumerGroup, instanceId: string): ConsumerMember | undefined {
  const memberId = group.index.instances.get(instanceId);
  return memberId === undefined ? undefined : group.members.get(memberId);
}

/** The assignor that most members ask for; the first configured when none does. */
export function preferredAssignor(counts: ReadonlyMap<string, number>, { config }: Pick<World, "config">): string {
  let best: { readonly name: string; readonly count: number } | undefined;
  for (const [name, count] of counts) if (!best || count > best.count) best = { name, count };
  return best?.name ?? config.groupConsumerAssignors[0] ?? "uniform";
}
