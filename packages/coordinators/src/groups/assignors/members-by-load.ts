// The members of one class ordered by how many partitions they own, for loads that change by one at a time.

export interface MembersByLoad {
  /** A member with the lowest load. */
  lowest(): number;
  lowestLoad(): number;
  move(member: number, from: number, to: number): void;
}

export function membersByLoad(members: readonly number[], loads: Int32Array): MembersByLoad {
  const levels = new Map<number, Set<number>>();
  let lowestLoad = Number.POSITIVE_INFINITY;
  const add = (member: number, load: number): void => {
    const level = levels.get(load);
    if (level) level.add(member);
    else levels.set(load, new Set([member]));
    lowestLoad = Math.min(lowestLoad, load);
  };
  for (const member of members) add(member, loads[member] ?? 0);
  return {
    lowest: () => levels.get(lowestLoad)?.values().next().value ?? -1,
    lowestLoad: () => lowestLoad,
    move(member, from, to) {
      const level = levels.get(from);
      level?.delete(member);
      if (level?.size === 0) levels.delete(from);
      add(member, to);
      while (!levels.has(lowestLoad)) lowestLoad++; // ends: the level of `to` is there
    },
  };
}
