// How the leader of a classic group hands out partitions: "range" and "cooperative-sticky", as Java's assignors of these names do.
import type { TopicPartition } from "../topic-partition.js";
import { stickyAssignment } from "./sticky-assignment.js";

export interface AssignorMember {
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly topics: readonly string[];
  /** What it has kept, as of which generation. */
  readonly owned: readonly TopicPartition[];
  readonly generation: number;
}

/** What each member gets, by member id; `counts`: partitions by topic. */
export type Assignor = (
  members: readonly AssignorMember[],
  counts: ReadonlyMap<string, number>,
) => ReadonlyMap<string, readonly TopicPartition[]>;

export function assignorOf(name: string): Assignor | undefined {
  if (name === "range") return range;
  return name === "cooperative-sticky" ? stickyAssignment : undefined;
}

/** Of each topic, neighbouring partitions to each member: partitions of the same number in several topics come together. */
const range: Assignor = (members, counts) => {
  const assigned = new Map<string, TopicPartition[]>(members.map(({ memberId }) => [memberId, []]));
  for (const [topic, count] of counts) {
    const takers = members.filter(({ topics }) => topics.includes(topic)).sort(byName);
    takers.forEach(({ memberId }, place) => {
      const share = Math.floor(count / takers.length);
      const more = count % takers.length;
      const first = share * place + Math.min(place, more);
      const last = first + share + (place < more ? 1 : 0);
      for (let partition = first; partition < last; partition++) assigned.get(memberId)?.push({ topic, partition });
    });
  }
  return assigned;
};

/** Static members keep their place whatever their member ids are; they come before the others. */
function byName(one: AssignorMember, other: AssignorMember): number {
  if (one.instanceId !== null && other.instanceId !== null) return compare(one.instanceId, other.instanceId);
  if (one.instanceId !== null || other.instanceId !== null) return one.instanceId !== null ? -1 : 1;
  return compare(one.memberId, other.memberId);
}

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
