// What offsets need after loading: the timer of their retention.
import { type GroupsDecision, NOTHING } from "../decision.js";
import type { World } from "../world.js";

export function offsetsLoaded(world: World): GroupsDecision {
  void world;
  return NOTHING;
}
