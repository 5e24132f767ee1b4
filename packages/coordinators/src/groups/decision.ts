// Decisions of the groups machine, and how they are put together.
import type { Decision } from "../runtime/machine.js";
import type { GroupsCommand } from "./commands.js";
import type { GroupsEvent } from "./events.js";

export type GroupsDecision = Decision<GroupsCommand, GroupsEvent>;

/** A decision from what there is of it. */
export const decision = ({ events = [], replies = [], timers = [] }: Partial<GroupsDecision>): GroupsDecision => ({
  events,
  replies,
  timers,
});

export const NOTHING: GroupsDecision = Object.freeze(decision({}));

/** One after the other. A later one must not have been decided on a state that an earlier one changes. */
export const allOf = (parts: readonly GroupsDecision[]): GroupsDecision => ({
  events: parts.flatMap(({ events }) => events),
  replies: parts.flatMap(({ replies }) => replies),
  timers: parts.flatMap(({ timers }) => timers),
});
