// A member of the consumer protocol comes to a classic group: the group becomes a consumer group (KIP-848, live migration).
import type { ClassicGroup } from "../classic/group.js";
import { type Draft, draft } from "../consumer/draft.js";
import { newConsumerGroup } from "../consumer/group.js";
import { type Refusal, refusal } from "../consumer/refusal.js";
import type { World } from "../world.js";

/** The consumer group that takes the classic one's place, with the events that make it so. */
export function enterClassicGroup(classic: ClassicGroup, _world: World): Draft | Refusal {
  const { groupId } = classic;
  if (classic.phase !== "Empty") return refusal("GROUP_ID_NOT_FOUND", `Group ${groupId} is no consumer group.`);
  return draft(newConsumerGroup(groupId), { events: [{ kind: "classicGroup", groupId, group: undefined, durable: true }] });
}
