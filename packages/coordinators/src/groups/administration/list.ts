// Groups are listed: all of them, or those of some states and types. A state or type that nobody has heard of filters all away.
import { reply } from "../../runtime/machine.js";
import type { ListGroupsCommand } from "../commands.js";
import { decision, type GroupsDecision } from "../decision.js";
import { factsOf } from "../facts-of.js";
import type { GroupsState } from "../state.js";

export function listGroups(state: GroupsState, { ticket, request }: ListGroupsCommand): GroupsDecision {
  const isWantedState = filter(request.statesFilter);
  const isWantedType = filter(request.typesFilter);
  const listed = [...state.groups.values()].map((group) => factsOf(group).list(group));
  const wanted = listed.filter(({ groupState = "", groupType = "" }) => isWantedState(groupState) && isWantedType(groupType));
  return decision({ replies: [reply(ticket, wanted)] });
}

/** Without wishes everything is wanted; case does not matter. */
function filter(wishes: readonly string[]): (name: string) => boolean {
  if (wishes.length === 0) return () => true;
  const wanted = new Set(wishes.map((wish) => wish.toLowerCase()));
  return (name) => wanted.has(name.toLowerCase());
}
