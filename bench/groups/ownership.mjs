// Who owns which partition, as its members say. A group is settled when every partition has an owner and all have the same number of them.

/**
 * @typedef {object} Ownership
 * @property {(member: string) => void} join     expects the member to get its share
 * @property {(member: string) => void} leave    its partitions, if it has any left, have no owner from now on
 * @property {(member: string, partitions: readonly number[]) => void} take
 * @property {(member: string, partitions: readonly number[]) => void} give
 * @property {() => boolean} settled             in constant time
 * @property {() => number} conflicts            how often a member took what another had not given back
 */

/** @param {number} partitions @returns {Ownership} */
export function ownershipOf(partitions) {
  /** @type {Map<string, Set<number>>} */
  const owned = new Map();
  /** @type {Map<number, string>} */
  const owners = new Map();
  /** @type {Map<number, number>} */
  const membersBySize = new Map();
  let conflicts = 0;

  const counted = (/** @type {number} */ size, /** @type {number} */ change) =>
    void membersBySize.set(size, (membersBySize.get(size) ?? 0) + change);
  const change = (/** @type {string} */ member, /** @type {(set: Set<number>) => void} */ how) => {
    const set = owned.get(member);
    if (!set) return;
    counted(set.size, -1);
    how(set);
    counted(set.size, 1);
  };
  const give = (/** @type {string} */ member, /** @type {readonly number[]} */ given) =>
    change(member, (set) => {
      for (const partition of given) {
        set.delete(partition);
        if (owners.get(partition) === member) owners.delete(partition);
      }
    });

  return {
    join: (member) => {
      owned.set(member, new Set());
      counted(0, 1);
    },
    leave: (member) => {
      give(member, [...(owned.get(member) ?? [])]);
      if (owned.delete(member)) counted(0, -1);
    },
    take: (member, taken) =>
      change(member, (set) => {
        for (const partition of taken) {
          const other = owners.get(partition);
          if (other !== undefined && other !== member) conflicts++;
          owners.set(partition, member);
          set.add(partition);
        }
      }),
    give,
    settled: () => {
      const least = Math.floor(partitions / owned.size);
      const most = Math.ceil(partitions / owned.size);
      const fair = (membersBySize.get(least) ?? 0) + (most === least ? 0 : (membersBySize.get(most) ?? 0));
      return owners.size === partitions && fair === owned.size;
    },
    conflicts: () => conflicts,
  };
}
