// A decision about one group while it is being made: the group as it will be, and what goes out.

import type { ErrorName } from "@moldau/protocol";
import { assert } from "@moldau/std";
import type { Reply, Ticket, TimerChange } from "../../runtime/machine.js";
import { reply } from "../../runtime/machine.js";
import type { GroupsCommand } from "../commands.js";
import { decision, type GroupsDecision } from "../decision.js";
import type { GroupsEvent } from "../events.js";
import type { World } from "../world.js";
import { joinRefused, syncRefused } from "./answers.js";
import { type ClassicGroup, type ClassicMember, withMember, withoutMember } from "./group.js";
import { noSessionTimer } from "./timers.js";

export interface Draft {
  group: ClassicGroup;
  /** Whether the topic keeps the group as it will be. */
  durable: boolean;
  readonly before: ClassicGroup | undefined;
  readonly replies: Reply[];
  readonly timers: TimerChange<GroupsCommand>[];
  readonly world: World;
}

export const draftOf = (group: ClassicGroup, world: World, before: ClassicGroup | undefined = group): Draft => ({
  group,
  durable: false,
  before,
  replies: [],
  timers: [],
  world,
});

export function decided({ group, durable, before, replies, timers }: Draft): GroupsDecision {
  assert(!durable || group.phase === "Empty" || group.phase === "Stable", "a group is kept between rebalances only");
  const { groupId } = group;
  const events: GroupsEvent[] = group === before ? [] : [{ kind: "classicGroup", groupId, group, durable }];
  return decision({ events, replies, timers });
}

export function answer<Response>(draft: Draft, ticket: Ticket<Response> | undefined, response: Response): void {
  if (ticket) draft.replies.push(reply(ticket, response));
}

export function putMember(draft: Draft, member: ClassicMember): void {
  draft.group = withMember(draft.group, member);
}

/** Takes a member out; what it waits for is answered with the error. */
export function dropMember(draft: Draft, member: ClassicMember, error: ErrorName): void {
  refuseWaiting(draft, member, error);
  draft.group = withoutMember(draft.group, member.memberId);
  draft.timers.push(noSessionTimer(draft.group, member.memberId));
}

/** Answers what a member waits for with an error. The member itself is to be replaced, or to go. */
export function refuseWaiting(draft: Draft, { memberId, joining, syncing }: ClassicMember, error: ErrorName): void {
  // who is unknown is to forget its id
  const toldId = error === "UNKNOWN_MEMBER_ID" ? "" : memberId;
  if (joining) answer(draft, joining.ticket, joinRefused(joining.version, toldId, error));
  answer(draft, syncing, syncRefused(error));
}
