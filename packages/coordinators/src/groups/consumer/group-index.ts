// Keeps what is derived from a group's members in step with them.
import type { ConsumerGroup } from "./group.js";
import { type ConsumerMember, type CurrentAssignment, type MemberMetadata, newMember } from "./member.js";
import type { OwnedPartitions } from "./owned-partitions.js";

export function setMetadata(group: ConsumerGroup, memberId: string, metadata: MemberMetadata): void {
  const before = group.members.get(memberId);
  if (before) count(group, before, -1);
  const member = { ...(before ?? newMember(memberId)), metadata };
  group.members.set(memberId, member);
  count(group, member, 1);
}

/** Undefined: nothing, as for a member that is new. Records may come before the member's own: it is there from then on. */
export function setCurrent(group: ConsumerGroup, memberId: string, current: CurrentAssignment | undefined): void {
  const before = group.members.get(memberId);
  if (!before && !current) return;
  const { metadata, current: nothing } = newMember(memberId);
  const member = { memberId, metadata: before?.metadata ?? metadata, current: current ?? nothing };
  if (before) release(group, before);
  group.members.set(memberId, member);
  hold(group, memberId, member.current.assigned);
  hold(group, memberId, member.current.pendingRevocation);
}

export function forget(group: ConsumerGroup, memberId: string): void {
  const member = group.members.get(memberId);
  if (!member) return;
  count(group, member, -1);
  release(group, member);
  group.members.delete(memberId);
  group.awaitedJoins.delete(memberId);
}

function hold({ index }: ConsumerGroup, memberId: string, owned: OwnedPartitions): void {
  for (const [topic, { partitions }] of owned) {
    const owners = index.owners.get(topic) ?? new Map<number, string>();
    if (owners.size === 0) index.owners.set(topic, owners);
    for (const partition of partitions) owners.set(partition, memberId);
  }
}

/** Only what is the member's own: of a log that was compacted, the next owner's record may have come before. */
function release({ index }: ConsumerGroup, { memberId, current }: ConsumerMember): void {
  for (const owned of [current.assigned, current.pendingRevocation]) {
    for (const [topic, { partitions }] of owned) {
      const owners = index.owners.get(topic);
      for (const partition of partitions) if (owners?.get(partition) === memberId) owners.delete(partition);
      if (owners?.size === 0) index.owners.delete(topic);
    }
  }
}

/** Counts a member's metadata in (1) or out (-1). */
function count({ index }: ConsumerGroup, { memberId, metadata }: ConsumerMember, by: 1 | -1): void {
  const { instanceId, subscribedTopicNames, subscribedTopicRegex, serverAssignor, classic } = metadata;
  if (instanceId !== null) {
    if (by === 1) index.instances.set(instanceId, memberId);
    else if (index.instances.get(instanceId) === memberId) index.instances.delete(instanceId);
  }
  for (const name of subscribedTopicNames) addTo(index.topicNames, name, by);
  if (subscribedTopicRegex) addTo(index.regexes, subscribedTopicRegex, by);
  if (serverAssignor) addTo(index.assignors, serverAssignor, by);
  for (const { name } of classic?.supportedProtocols ?? []) addTo(index.classicProtocols, name, by);
  if (classic) index.classicMembers += by;
}

export function addTo(counts: Map<string, number>, key: string, by: number): void {
  const sum = (counts.get(key) ?? 0) + by;
  if (sum === 0) counts.delete(key);
  else counts.set(key, sum);
}
