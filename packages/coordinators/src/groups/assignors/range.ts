// The range assignor: each topic is cut into one range per subscriber. Members stand in a fixed order, so topics with as many
// partitions and the same subscribers are cut alike, and one member owns the same partitions of each (what joins need).
// The cut depends on who subscribes alone, as in Kafka since 4.0: who owned what before plays no part.
import type { TopicId } from "@moldau/std";
import type { Assignment, Assignor, AssignorMember } from "./assignor.js";
import { poolMembers, subscribers } from "./subscribers.js";
import { unlessSame } from "./unchanged.js";

export const rangeAssignor: Assignor = {
  name: "range",
  assign(input) {
    const all = subscribers(input);
    const rank = ranks(all.members);
    const targets = all.members.map(() => new Map<TopicId, readonly number[]>());
    for (const pool of all.pools) {
      const owners = poolMembers(all, pool).sort((a, b) => (rank[a] ?? 0) - (rank[b] ?? 0));
      for (const { topicId, partitionCount } of pool.topics) {
        for (const [position, range] of ranges(partitionCount, owners.length).entries())
          targets[owners[position] ?? 0]?.set(topicId, range);
      }
    }
    return new Map<string, Assignment>(all.members.map((member, index) => [member.memberId, unlessSame(member.assigned, targets[index])]));
  },
};

/** Consecutive ranges as equal as can be, longer ones first; no empty ones, so there may be fewer than asked for. */
function ranges(partitionCount: number, count: number): number[][] {
  const shortest = Math.floor(partitionCount / count);
  const longer = partitionCount % count;
  const result: number[][] = [];
  for (let start = 0; start < partitionCount; ) {
    const length = shortest + (result.length < longer ? 1 : 0);
    const first = start;
    result.push(Array.from({ length }, (_, index) => first + index));
    start += length;
  }
  return result;
}

/** Each member's place. Static members come first, by instance id: they keep their ranges through restarts. */
function ranks(members: readonly AssignorMember[]): Int32Array {
  const order = members.map((_, index) => index).sort((a, b) => compare(members[a], members[b]));
  const rank = new Int32Array(members.length);
  for (const [place, index] of order.entries()) rank[index] = place;
  return rank;
}

function compare(one: AssignorMember | undefined, other: AssignorMember | undefined): number {
  if (!one || !other) return 0;
  if ((one.instanceId === null) !== (other.instanceId === null)) return one.instanceId === null ? 1 : -1;
  const [a, b] = [one.instanceId ?? one.memberId, other.instanceId ?? other.memberId];
  return a < b ? -1 : a > b ? 1 : 0;
}
