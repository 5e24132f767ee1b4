// Who owns which partitions while an assignment is worked out: what members keep first, what they are given on top.
//
// Invariant: a partition is owned by one member at most, and loads[m] is the number of partitions that m owns.

export interface Holdings {
  /** Partitions per member. Read only. */
  readonly loads: Int32Array;
  /** Owns a partition that the member had before, and gives up last; before anything is given. Nothing when it has an owner. */
  keep(member: number, pool: number, partition: number): void;
  give(member: number, pool: number, partition: number): void;
  /** Takes one of the member's partitions in a pool: one that it did not have before as long as there is one. */
  take(member: number, pool: number): number;
  isOwned(partition: number): boolean;
  /** Pools that a member owns partitions in, those where it can give one up without losing what it had before first. */
  poolsOf(member: number): number[];
  /** All partitions of a member, ascending. */
  partitionsOf(member: number): Int32Array;
}

export function holdings(memberCount: number, partitionCount: number): Holdings {
  const loads = new Int32Array(memberCount);
  const keptBy = new Int32Array(partitionCount).fill(-1);
  const owned = new Uint8Array(partitionCount);
  // Per member and pool a stack: kept partitions at the bottom, given ones above.
  const stacks = Array.from({ length: memberCount }, () => new Map<number, number[]>());

  const put = (member: number, pool: number, partition: number, bottom: boolean): void => {
    const stack = stacks[member]?.get(pool);
    if (!stack) stacks[member]?.set(pool, [partition]);
    else if (bottom) stack.unshift(partition);
    else stack.push(partition);
    owned[partition] = 1;
    loads[member] = (loads[member] ?? 0) + 1;
  };

  return {
    loads,
    keep(member, pool, partition) {
      if (owned[partition] === 1) return;
      keptBy[partition] = member;
      put(member, pool, partition, false);
    },
    give: (member, pool, partition) => put(member, pool, partition, keptBy[partition] === member),
    take(member, pool) {
      const stack = stacks[member]?.get(pool);
      const partition = stack?.pop();
      if (partition === undefined) throw new RangeError("nothing to take");
      if (stack?.length === 0) stacks[member]?.delete(pool);
      owned[partition] = 0;
      loads[member] = (loads[member] ?? 0) - 1;
      return partition;
    },
    isOwned: (partition) => owned[partition] === 1,
    poolsOf(member) {
      const free: number[] = [];
      const kept: number[] = [];
      for (const [pool, stack] of stacks[member] ?? []) (keptBy[stack.at(-1) ?? -1] === member ? kept : free).push(pool);
      return kept.length === 0 ? free : free.concat(kept);
    },
    partitionsOf: (member) => Int32Array.from([...(stacks[member]?.values() ?? [])].flat()).sort(),
  };
}
