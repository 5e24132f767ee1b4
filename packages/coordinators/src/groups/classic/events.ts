// What happens to a classic group: it has a new value. The topic keeps it at the end of a rebalance and when the group empties; what
// lies between only memory keeps, and a restart finds the last that was kept.
import type { GroupsState } from "../state.js";
import type { ClassicGroup } from "./group.js";

export interface ClassicEvent {
  readonly kind: "classicGroup";
  readonly groupId: string;
  /** Undefined: the group is gone. */
  readonly group: ClassicGroup | undefined;
  readonly durable: boolean;
}

export function applyClassic(state: GroupsState, { groupId, group }: ClassicEvent): void {
  if (group) state.groups.set(groupId, group);
  else if (state.groups.get(groupId)?.kind === "classic") state.groups.delete(groupId);
}
