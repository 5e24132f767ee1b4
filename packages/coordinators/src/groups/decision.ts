// Decisions of the groups machine.
import { decisions } from "../runtime/decisions.js";
import type { Decision } from "../runtime/machine.js";
import type { GroupsCommand } from "./commands.js";
import type { GroupsEvent } from "./events.js";

export type GroupsDecision = Decision<GroupsCommand, GroupsEvent>;

export const { decision, NOTHING, allOf } = decisions<GroupsCommand, GroupsEvent>();
