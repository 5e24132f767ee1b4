// What a classic group needs after loading: a session for each member, which begins now. A group that became too large for the settings
// rebalances, which lets members commit before some of them are turned away.
import type { GroupsDecision } from "../decision.js";
import type { World } from "../world.js";
import { decided, draftOf } from "./draft.js";
import type { ClassicGroup } from "./group.js";
import { prepareRebalance } from "./rebalance.js";
import { sessionTimer } from "./timers.js";

export function classicLoaded(group: ClassicGroup, world: World): GroupsDecision {
  const draft = draftOf(group, world);
  for (const member of group.members.values()) draft.timers.push(sessionTimer(group, member));
  if (group.members.size > world.config.groupMaxSize) prepareRebalance(draft);
  return decided(draft);
}
