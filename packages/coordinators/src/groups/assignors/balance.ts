// Moves partitions until loads are as even as subscriptions allow.
//
// A partition can go straight from a member to another that subscribes to its topic, or free a place there: a path of members,
// each passing a partition to the next. Loads are as even as can be when no path leads from a member to one with at least two
// partitions fewer (Harvey, Ladner, Lovász, Tamir: Semi-matchings for bipartite graphs, 2006). So take the fullest members
// first and pass along the shortest path to the emptiest member at its end. Where no path is left, all that was reached lies
// within one partition of the start and leads nowhere else: it is settled, and no later search enters it.
import { assert } from "@moldau/std";
import type { Holdings } from "./holdings.js";
import { type MembersByLoad, membersByLoad } from "./members-by-load.js";
import type { Subscribers } from "./subscribers.js";

export function balance(all: Subscribers, holdings: Holdings): void {
  const { loads } = holdings;
  const byLoad = all.classes.map(({ members }) => membersByLoad(members, loads));
  const levels: number[][] = [];
  const enlist = (member: number): void => {
    const load = loads[member] ?? 0;
    const level = levels[load];
    if (level) level.push(member);
    else levels[load] = [member];
  };
  for (const member of all.members.keys()) enlist(member);
  const subscribed = [...new Set(all.pools.flatMap(({ classes }) => classes))];
  const everyone = membersByLoad(
    subscribed.flatMap((index) => all.classes[index]?.members ?? []),
    loads,
  );
  const search = pathSearch(all, holdings, byLoad, everyone);
  const reload = (member: number, change: 1 | -1): void => {
    const load = loads[member] ?? 0;
    byLoad[all.classOf[member] ?? 0]?.move(member, load - change, load);
    everyone.move(member, load - change, load);
    enlist(member);
  };

  for (let load = levels.length - 1; everyone.lowestLoad() <= load - 2; load--) {
    for (const member of levels[load] ?? []) {
      if (loads[member] !== load || everyone.lowestLoad() > load - 2) continue;
      const path = search(member, load - 2);
      if (!path) continue;
      for (const { from, pool, to } of path) holdings.give(to, pool, holdings.take(from, pool));
      const target = path[0]?.to;
      assert(target !== undefined, "a path has an end");
      reload(member, -1);
      reload(target, 1);
    }
  }
}

interface Pass {
  readonly from: number;
  readonly pool: number;
  readonly to: number;
}

/** Finds the passes, last one first, that bring one partition from a member to one whose load is `atMost`. */
function pathSearch(
  { classes, pools, classOf }: Subscribers,
  holdings: Holdings,
  byLoad: readonly MembersByLoad[],
  everyone: MembersByLoad,
) {
  const SETTLED = -1;
  // The search in which each was seen last, and how it was reached.
  const poolSeen = new Int32Array(pools.length);
  const classSeen = new Int32Array(classes.length);
  const passedBy = new Int32Array(pools.length);
  const reachedBy = new Int32Array(classes.length);
  let searches = 0;

  const unseen = (seen: Int32Array, index: number): boolean => {
    if (seen[index] === SETTLED || seen[index] === searches) return false;
    seen[index] = searches;
    return true;
  };

  /** Goes on to the classes that partitions of these members can go to: all that were not seen yet, or until one has a member than which none is emptier. */
  const reach = (members: readonly number[]): { readonly reached: number[]; readonly best: MembersByLoad | undefined } => {
    const reached: number[] = [];
    let best: MembersByLoad | undefined;
    for (const member of members) {
      for (const pool of holdings.poolsOf(member)) {
        if (!unseen(poolSeen, pool)) continue;
        passedBy[pool] = member;
        for (const index of pools[pool]?.classes ?? []) {
          const candidate = byLoad[index];
          if (!candidate || !unseen(classSeen, index)) continue;
          reachedBy[index] = pool;
          reached.push(index);
          if (candidate.lowestLoad() >= (best?.lowestLoad() ?? Number.POSITIVE_INFINITY)) continue;
          best = candidate;
          if (best.lowestLoad() === everyone.lowestLoad()) return { reached, best };
        }
      }
    }
    return { reached, best };
  };

  const settle = (seen: Int32Array): void => {
    for (const [index, search] of seen.entries()) if (search === searches) seen[index] = SETTLED;
  };

  const backwards = (start: number, end: number): Pass[] => {
    const path: Pass[] = [];
    for (let to = end; to !== start; ) {
      const pool = reachedBy[classOf[to] ?? 0] ?? 0;
      const from = passedBy[pool] ?? 0;
      path.push({ from, pool, to });
      to = from;
    }
    return path;
  };

  return (start: number, atMost: number): Pass[] | undefined => {
    if (classSeen[classOf[start] ?? 0] === SETTLED) return undefined;
    searches++;
    let { reached, best } = reach([start]);
    while (best) {
      if (best.lowestLoad() <= atMost) return backwards(start, best.lowest());
      ({ reached, best } = reach(reached.flatMap((index) => classes[index]?.members ?? [])));
    }
    settle(poolSeen);
    settle(classSeen);
    return undefined;
  };
}
