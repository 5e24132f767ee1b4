// What a consumer group needs after loading: the timers of its members.
import { type GroupsDecision, NOTHING } from "../decision.js";
import type { World } from "../world.js";
import type { ConsumerGroup } from "./group.js";

export function consumerLoaded(group: ConsumerGroup, world: World): GroupsDecision {
  void [group, world];
  return NOTHING;
}
