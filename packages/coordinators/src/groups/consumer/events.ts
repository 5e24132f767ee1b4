// What happens to a consumer group: one event for each kind of record that __consumer_offsets keeps of it.
import type { GroupsState } from "../state.js";

export type ConsumerEvent = { readonly kind: "consumerGroupGone"; readonly groupId: string };

export function applyConsumer(state: GroupsState, event: ConsumerEvent): void {
  if (state.groups.get(event.groupId)?.kind === "consumer") state.groups.delete(event.groupId);
}
