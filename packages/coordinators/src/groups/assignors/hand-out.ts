// Hands the partitions without an owner to the members with the fewest, pool by pool. Where racks are known, a member gets
// partitions that its rack holds before others, as far as the even division leaves a choice.
import type { AssignorMember } from "./assignor.js";
import type { Holdings } from "./holdings.js";
import type { PartitionTable } from "./partition-table.js";
import { poolMembers, type Subscribers } from "./subscribers.js";

export function handOut(all: Subscribers, table: PartitionTable, holdings: Holdings): void {
  const free = freePartitions(all, table, holdings);
  const pools = all.pools
    .map((pool, index) => ({ index, members: poolMembers(all, pool), partitions: free[index] ?? [] }))
    .filter(({ partitions }) => partitions.length > 0)
    .sort((a, b) => a.members.length - b.members.length); // those with the least choice first
  for (const { index, members, partitions } of pools) {
    const receivers = leastLoaded(members, holdings.loads, partitions.length);
    const matched = matchRacks(receivers, partitions, all.members, table);
    for (const [turn, receiver] of receivers.entries()) holdings.give(receiver, index, matched[turn] ?? 0);
  }
}

function freePartitions({ pools }: Subscribers, table: PartitionTable, holdings: Holdings): number[][] {
  const free: number[][] = pools.map(() => []);
  for (const { topic, pool, first } of table.topics) {
    for (let partition = first; partition < first + topic.partitionCount; partition++) {
      if (!holdings.isOwned(partition)) free[pool]?.push(partition);
    }
  }
  return free;
}

/** Who gets one of `count` partitions in turn, so that the lowest loads rise first: like water poured in. */
function leastLoaded(members: readonly number[], loads: Int32Array, count: number): number[] {
  const ascending = members.slice().sort((a, b) => (loads[a] ?? 0) - (loads[b] ?? 0));
  const turns: number[] = [];
  let under = 0;
  for (let level = loads[ascending[0] ?? 0] ?? 0; turns.length < count; level++) {
    while (under < ascending.length && (loads[ascending[under] ?? 0] ?? 0) <= level) under++;
    for (let index = 0; index < under && turns.length < count; index++) turns.push(ascending[index] ?? 0);
  }
  return turns;
}

/** The partitions in an order such that receivers get, as far as greed finds it, partitions that are held in their own rack. */
function matchRacks(
  receivers: readonly number[],
  partitions: readonly number[],
  members: readonly AssignorMember[],
  table: PartitionTable,
): readonly number[] {
  const wanted = new Set(receivers.map((receiver) => members[receiver]?.rackId).filter((rack) => typeof rack === "string"));
  if (wanted.size === 0) return partitions;
  const inRack = new Map([...wanted].map((rack) => [rack, [] as number[]]));
  for (const partition of partitions.toReversed()) {
    const { topic, first } = table.topics[table.topicOf[partition] ?? 0] ?? {};
    if (topic && first !== undefined) for (const rack of topic.racks(partition - first)) inRack.get(rack)?.push(partition);
  }
  const taken = new Set<number>();
  const matched = receivers.map((receiver) => {
    const stack = inRack.get(members[receiver]?.rackId ?? "");
    let partition = stack?.pop();
    while (partition !== undefined && taken.has(partition)) partition = stack?.pop();
    if (partition !== undefined) taken.add(partition);
    return partition;
  });
  const rest = partitions.filter((partition) => !taken.has(partition)).values();
  return matched.map((partition) => partition ?? rest.next().value ?? 0);
}
