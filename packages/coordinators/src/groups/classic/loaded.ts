// What a classic group needs after loading: the timers of its members.
import { type GroupsDecision, NOTHING } from "../decision.js";
import type { World } from "../world.js";
import type { ClassicGroup } from "./group.js";

export function classicLoaded(group: ClassicGroup, world: World): GroupsDecision {
  void [group, world];
  return NOTHING;
}
