// A member of the consumer protocol comes to a classic group: the group becomes a consumer group (KIP-848, live migration). Its members
// stay, with the generation as epoch and what they have as assignment; whoever waits for an answer is told to join again.
import type { TopicId } from "@moldau/std";
import { dissolved } from "../classic/dissolution.js";
import type { ClassicGroup, ClassicMember } from "../classic/group.js";
import { CONSUMER_PROTOCOL_TYPE } from "../classic/protocols.js";
import { type Draft, draft } from "../consumer/draft.js";
import { applyConsumer, type ConsumerEvent } from "../consumer/events.js";
import { type ConsumerGroup, newConsumerGroup } from "../consumer/group.js";
import type { CurrentAssignment, MemberMetadata } from "../consumer/member.js";
import { NO_PARTITIONS, ownedSince } from "../consumer/owned-partitions.js";
import { isRefusal, type Refusal, refusal } from "../consumer/refusal.js";
import { metadataHash } from "../consumer/subscription.js";
import { sessionTimer } from "../consumer/timers.js";
import type { GroupsEvent } from "../events.js";
import { noPendingOffsets } from "../offsets/pending.js";
import type { GroupsState } from "../state.js";
import type { TopicsView, World } from "../world.js";
import { readAssignment, readSubscription, withIds } from "./embedded-protocol.js";

/** The consumer group that takes the classic one's place, with the events that make it so. */
export function enterClassicGroup(classic: ClassicGroup, world: World): Draft | Refusal {
  const { groupId } = classic;
  const gone: GroupsEvent = { kind: "classicGroup", groupId, group: undefined, durable: true };
  const { replies, timers } = dissolved(classic, "REBALANCE_IN_PROGRESS", world);
  if (classic.members.size === 0) return draft(newConsumerGroup(groupId), { events: [gone], replies, timers });
  const forbidden = cannotUpgrade(classic, world);
  if (forbidden) return refusal("GROUP_ID_NOT_FOUND", `Group ${groupId} cannot become a consumer group: ${forbidden}.`);
  const events = upgraded(classic, world);
  if (isRefusal(events)) return events;
  const group = groupOf(groupId, events);
  const sessions = [...group.members.values()].map((member) => sessionTimer(groupId, member, world));
  return draft(group, { events: [gone, ...events], replies, timers: [...timers, ...sessions] });
}

function cannotUpgrade({ protocolType, members }: ClassicGroup, { config }: World): string | undefined {
  const policy = config.groupConsumerMigrationPolicy;
  if (policy !== "upgrade" && policy !== "bidirectional") return "the migration policy forbids it";
  if (protocolType !== CONSUMER_PROTOCOL_TYPE) return `its members speak the protocol ${protocolType}`;
  return members.size > config.groupConsumerMaxSize ? "it has too many members" : undefined;
}

interface Upgraded {
  readonly memberId: string;
  readonly metadata: MemberMetadata;
  readonly current: CurrentAssignment;
}

function upgraded(classic: ClassicGroup, world: World): ConsumerEvent[] | Refusal {
  const { groupId, generation: epoch } = classic;
  const taken = new Set<string>();
  const members: Upgraded[] = [];
  for (const member of classic.members.values()) {
    const one = upgradedMember(classic, member, taken, world.topics);
    if (isRefusal(one)) return one;
    members.push(one);
  }
  const names = new Set(members.flatMap(({ metadata }) => metadata.subscribedTopicNames));
  const hash = metadataHash(names, world);
  // A static member that takes its former self's place changes nothing: only when all is assigned may it be left at that.
  const complete = classic.phase === "Stable" && taken.size === countPartitions(names, world.topics);
  return [
    ...members.map(({ memberId, metadata }): ConsumerEvent => ({ kind: "consumerMember", groupId, memberId, value: metadata })),
    { kind: "consumerGroup", groupId, value: { epoch: complete ? epoch : epoch + 1, metadataHash: hash } },
    ...members.map(({ memberId, current }): ConsumerEvent => {
      const value = new Map([...current.assigned].map(([topic, { partitions }]) => [topic, partitions]));
      return { kind: "consumerTarget", groupId, memberId, value };
    }),
    // The member that comes brings the first assignment that the broker works out: it need not wait.
    { kind: "consumerTargets", groupId, value: { epoch, timestampMs: 0 } },
    ...members.map(({ memberId, current }): ConsumerEvent => ({ kind: "consumerCurrent", groupId, memberId, value: current })),
  ];
}

function countPartitions(names: Iterable<string>, topics: TopicsView): number {
  let count = 0;
  for (const name of names) count += topics.byName(name)?.partitionCount ?? 0;
  return count;
}

/** `taken` are partitions that other members have: an assignor of their own may have given one twice, and here the first has it. */
function upgradedMember(classic: ClassicGroup, member: ClassicMember, taken: Set<string>, topics: TopicsView): Upgraded | Refusal {
  const broken = (why: string) => refusal("GROUP_ID_NOT_FOUND", `Group ${classic.groupId} cannot become a consumer group: ${why}.`);
  const { memberId, protocols, sessionTimeoutMs, rebalanceTimeoutMs, instanceId, clientId, clientHost } = member;
  const chosen = protocols.find(({ name }) => name === classic.protocolName) ?? protocols[0];
  const subscription = chosen && readSubscription(chosen.metadata);
  const assignment = readAssignment(member.assignment);
  if (!subscription || !assignment) return broken("a member's subscription or assignment cannot be read");
  if (assignment === "custom") return broken("an assignor of its members' own would lose what it keeps with assignments");
  // Between generations assignments may be void already, while cooperative members still have what they said they had.
  const had = classic.phase === "Stable" ? assignment : [...assignment, ...subscription.ownedPartitions];
  const owned = new Map<TopicId, readonly number[]>();
  for (const { topicId, partitions } of withIds(had, topics)) {
    const free = [...new Set(partitions)].filter((partition) => !taken.has(`${topicId}/${partition}`));
    for (const partition of free) taken.add(`${topicId}/${partition}`);
    if (free.length > 0)
      owned.set(
        topicId,
        [...(owned.get(topicId) ?? []), ...free].sort((a, b) => a - b),
      );
  }
  const metadata: MemberMetadata = {
    instanceId,
    rackId: subscription.rackId,
    clientId,
    clientHost,
    subscribedTopicNames: [...new Set(subscription.topics)].sort(),
    subscribedTopicRegex: "",
    rebalanceTimeoutMs,
    serverAssignor: null,
    classic: { sessionTimeoutMs, supportedProtocols: protocols },
  };
  const epoch = classic.generation;
  const epochs = { memberEpoch: epoch, previousMemberEpoch: epoch };
  return {
    memberId,
    metadata,
    current: { ...epochs, state: "stable", assigned: ownedSince(owned, epoch), pendingRevocation: NO_PARTITIONS },
  };
}

function groupOf(groupId: string, events: readonly ConsumerEvent[]): ConsumerGroup {
  const scratch: GroupsState = { groups: new Map(), offsets: new Map(), pending: noPendingOffsets() };
  for (const event of events) applyConsumer(scratch, event);
  const group = scratch.groups.get(groupId);
  return group?.kind === "consumer" ? group : newConsumerGroup(groupId);
}
