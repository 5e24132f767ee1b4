// A group that nobody is in is deleted, and with it all that it has committed (KIP-229), be it in transactions that are open.
import { errors } from "@moldau/protocol";
import { reply } from "../../runtime/machine.js";
import type { DeleteGroupCommand } from "../commands.js";
import { decision, type GroupsDecision } from "../decision.js";
import { factsOf } from "../facts-of.js";
import { forgotten, type OffsetsEvent } from "../offsets/events.js";
import { pendingOf } from "../offsets/pending.js";
import type { GroupsState } from "../state.js";

export function deleteGroup(state: GroupsState, { ticket, request }: DeleteGroupCommand): GroupsDecision {
  const group = state.groups.get(request.groupId);
  if (!group) return decision({ replies: [reply(ticket, errors.GROUP_ID_NOT_FOUND.code)] });
  const facts = factsOf(group);
  if (!facts.isEmpty(group)) return decision({ replies: [reply(ticket, errors.NON_EMPTY_GROUP.code)] });
  const events = [...offsetsOf(state, request.groupId), ...facts.removal(group)];
  return decision({ events, replies: [reply(ticket, errors.NONE.code)] });
}

function* offsetsOf({ offsets, pending }: GroupsState, groupId: string): Generator<OffsetsEvent> {
  const ofGroup = offsets.get(groupId);
  for (const [topic, ofTopic] of ofGroup ?? []) for (const partition of ofTopic.keys()) yield forgotten(groupId, topic, partition);
  for (const [topic, ofTopic] of pendingOf(pending, groupId))
    for (const partition of ofTopic.keys()) if (!ofGroup?.get(topic)?.has(partition)) yield forgotten(groupId, topic, partition);
}
