// The sticky assignment of the cooperative protocol: everybody keeps what they have, as far as that is balanced.
import { keyOf, type TopicPartition } from "../topic-partition.js";
import type { AssignorMember } from "./assignors.js";

interface Taker {
  readonly member: AssignorMember;
  readonly topics: ReadonlySet<string>;
  readonly partitions: Map<string, TopicPartition>;
}

/**
 * What each member gets now: partitions that move from one to another are left out, for their owners to give up first.
 * Members whose topics are the same differ by one partition at most, once nothing moves any more.
 */
export function stickyAssignment(
  members: readonly AssignorMember[],
  counts: ReadonlyMap<string, number>,
): ReadonlyMap<string, readonly TopicPartition[]> {
  const takers: Taker[] = members
    .map((member) => ({ member, topics: new Set(member.topics), partitions: new Map<string, TopicPartition>() }))
    .sort((one, other) => (one.member.memberId < other.member.memberId ? -1 : 1));
  const owners = ownersOf(takers, counts);
  for (const [key, { taker, place }] of owners) taker.partitions.set(key, place);
  for (const place of all(counts)) {
    if (owners.has(keyOf(place))) continue;
    least(takers, place)?.partitions.set(keyOf(place), place);
  }
  balance(takers);
  return new Map(
    takers.map(({ member, partitions }) => [
      member.memberId,
      [...partitions].filter(([key]) => (owners.get(key)?.taker.member ?? member) === member).map(([, place]) => place),
    ]),
  );
}

/** Who has what: of several who say so, the one of the newest generation. Of the same generation nobody can be trusted to be the one. */
function ownersOf(takers: readonly Taker[], counts: ReadonlyMap<string, number>) {
  const owners = new Map<string, { readonly taker: Taker; readonly place: TopicPartition }>();
  const disputed = new Set<string>();
  for (const taker of takers.toSorted((one, other) => other.member.generation - one.member.generation)) {
    for (const place of taker.member.owned) {
      if (!taker.topics.has(place.topic) || place.partition >= (counts.get(place.topic) ?? 0)) continue;
      const key = keyOf(place);
      const present = owners.get(key);
      if (!present) owners.set(key, { taker, place });
      else if (present.taker !== taker && present.taker.member.generation === taker.member.generation) disputed.add(key);
    }
  }
  for (const key of disputed) owners.delete(key);
  return owners;
}

function* all(counts: ReadonlyMap<string, number>): Iterable<TopicPartition> {
  for (const [topic, count] of counts) for (let partition = 0; partition < count; partition++) yield { topic, partition };
}

/** Of those that read the topic, the one with the fewest. */
function least(takers: readonly Taker[], { topic }: TopicPartition): Taker | undefined {
  let found: Taker | undefined;
  for (const taker of takers) {
    if (taker.topics.has(topic) && (!found || taker.partitions.size < found.partitions.size)) found = taker;
  }
  return found;
}

/** Moves partitions, one at a time, from who has more to who has at least two less. Each move makes the sum of squares smaller, so it ends. */
function balance(takers: readonly Taker[]): void {
  for (let moved = true; moved; ) {
    moved = false;
    for (const from of takers.toSorted((one, other) => other.partitions.size - one.partitions.size)) {
      for (const [key, place] of from.partitions) {
        const to = least(takers, place);
        if (!to || from.partitions.size - to.partitions.size < 2) continue;
        from.partitions.delete(key);
        to.partitions.set(key, place);
        moved = true;
      }
    }
  }
}
