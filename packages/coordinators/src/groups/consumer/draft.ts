// A decision about one group while it is being made: the group as it is, and what has been decided so far.
import type { Reply, TimerChange } from "../../runtime/machine.js";
import type { GroupsCommand } from "../commands.js";
import { decision, type GroupsDecision } from "../decision.js";
import type { GroupsEvent } from "../events.js";
import type { ConsumerGroup } from "./group.js";

export interface Draft {
  /** Without what is decided here. */
  readonly group: ConsumerGroup;
  readonly events: GroupsEvent[];
  readonly replies: Reply[];
  readonly timers: TimerChange<GroupsCommand>[];
}

export const draft = (group: ConsumerGroup, { events, replies, timers }: Partial<GroupsDecision> = {}): Draft => ({
  group,
  events: [...(events ?? [])],
  replies: [...(replies ?? [])],
  timers: [...(timers ?? [])],
});

export const decided = ({ events, replies, timers }: Draft): GroupsDecision => decision({ events, replies, timers });
