// What a consumer group needs after loading: the timers of its members, which have a whole session to find their coordinator again.
import { decision, type GroupsDecision } from "../decision.js";
import type { World } from "../world.js";
import type { ConsumerGroup } from "./group.js";
import { revocationTimer, sessionTimer } from "./timers.js";

export function consumerLoaded(group: ConsumerGroup, world: World): GroupsDecision {
  const members = [...group.members.values()];
  const revoking = members.filter(({ metadata, current }) => current.state === "unrevoked" && !metadata.classic);
  return decision({
    timers: [
      ...members.map((member) => sessionTimer(group.groupId, member, world)),
      ...revoking.map((member) => revocationTimer(group.groupId, member)),
    ],
  });
}
