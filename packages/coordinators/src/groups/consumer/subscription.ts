// What a group subscribes to, and when that asks for a new assignment: the group epoch grows.
import { type HashedTopic, topicHash, topicsHash } from "../subscriptions/metadata-hash.js";
import type { TopicView, World } from "../world.js";
import type { Draft } from "./draft.js";
import type { ConsumerGroup, ResolvedRegex } from "./group.js";
import { addTo } from "./group-index.js";
import { type ConsumerMember, regexOf } from "./member.js";

/** How a decision changes the members: who goes, who comes (the same member, changed, in both). */
export interface MemberChanges {
  readonly out: readonly ConsumerMember[];
  readonly in: readonly ConsumerMember[];
}

export const NO_CHANGES: MemberChanges = { out: [], in: [] };

/** Names of all topics that somebody subscribes to once `changes` have happened. */
export function subscribedNames(
  group: ConsumerGroup,
  changes: MemberChanges,
  regexes: ReadonlyMap<string, ResolvedRegex> = group.regexes,
): Set<string> {
  const names = changed(group.index.topicNames, changes, ({ metadata }) => metadata.subscribedTopicNames);
  const result = new Set(names.keys());
  for (const regex of subscribedRegexes(group, changes)) for (const name of regexes.get(regex)?.topics ?? []) result.add(name);
  return result;
}

/** Regular expressions that somebody subscribes with once `changes` have happened. */
export function subscribedRegexes(group: ConsumerGroup, changes: MemberChanges): Iterable<string> {
  return changed(group.index.regexes, changes, (member) => regexOf(member) ?? []).keys();
}

function changed(
  counts: ReadonlyMap<string, number>,
  changes: MemberChanges,
  of: (member: ConsumerMember) => string | readonly string[],
): ReadonlyMap<string, number> {
  if (changes.out.length === 0 && changes.in.length === 0) return counts;
  const result = new Map(counts);
  for (const member of changes.out) for (const key of [of(member)].flat()) addTo(result, key, -1);
  for (const member of changes.in) for (const key of [of(member)].flat()) addTo(result, key, 1);
  return result;
}

const hashes = new WeakMap<TopicView, bigint>();

/** Views are immutable: the hash of one holds as long as there is the view. */
function hashOf(topic: TopicView): bigint {
  const known = hashes.get(topic);
  if (known !== undefined) return known;
  const hash = topicHash(asHashed(topic));
  hashes.set(topic, hash);
  return hash;
}

const asHashed = (topic: TopicView): HashedTopic => ({
  topicId: topic.id,
  name: topic.name,
  partitionCount: topic.partitionCount,
  racks: (partition) => topic.racks(partition),
});

export function metadataHash(names: Iterable<string>, { topics }: Pick<World, "topics">): bigint {
  const present: (HashedTopic & { readonly view: TopicView })[] = [];
  for (const name of names) {
    const view = topics.byName(name);
    if (view) present.push({ ...asHashed(view), view });
  }
  return topicsHash(present, ({ view }) => hashOf(view));
}

/**
 * Looks at the topics once more when they may have changed, or when the epoch grows anyway. Gives the group epoch that follows.
 * Members come and go in `changes`.
 */
export function renewEpoch(
  draft: Draft,
  changes: MemberChanges,
  grows: boolean,
  world: World,
  regexes?: ReadonlyMap<string, ResolvedRegex>,
): number {
  const { group, events } = draft;
  const { version } = world.topics;
  if (!grows && group.topicsVersion === version) return group.groupEpoch;
  const hash = metadataHash(subscribedNames(group, changes, regexes), world);
  const epoch = grows || hash !== group.metadataHash ? group.groupEpoch + 1 : group.groupEpoch;
  const { groupId } = group;
  if (epoch !== group.groupEpoch) events.push({ kind: "consumerGroup", groupId, value: { epoch, metadataHash: hash } });
  if (group.topicsVersion !== version) events.push({ kind: "consumerTopicsSeen", groupId, version });
  if (group.hasPartitionMetadata) events.push({ kind: "consumerPartitionMetadata", groupId, value: undefined });
  return epoch;
}
