// A static member comes back without its member id: its process started anew (KIP-345). It takes the place of its former self, which is
// fenced. When that changes nothing for the others, they are not disturbed: the generation goes on.
import type { JoinGroupCommand } from "../commands.js";
import { type JoinAnswer, joined } from "./answers.js";
import { answer, type Draft, putMember, refuseWaiting } from "./draft.js";
import { type ClassicMember, withoutMember } from "./group.js";
import { saidOfItself } from "./joining-member.js";
import { selectProtocol, subscribedTopicsOf } from "./protocols.js";
import { endJoinPhaseIfAllJoined, prepareRebalance } from "./rebalance.js";
import { noSessionTimer, sessionTimer } from "./timers.js";

/** The version since which a leader can be told that it leads but need not assign (KIP-814). */
const SKIP_ASSIGNMENT_SINCE = 9;

export function returnOfStatic(draft: Draft, command: JoinGroupCommand, formerId: string, memberId: string): void {
  const formerLeader = draft.group.leader;
  const member = takePlace(draft, command, formerId, memberId);
  draft.timers.push(sessionTimer(draft.group, member));
  const { phase } = draft.group;
  if (phase === "PreparingRebalance") endJoinPhaseIfAllJoined(draft);
  else if (phase === "Stable" && selectProtocol(draft.group) === draft.group.protocolName) goOn(draft, command, member, formerLeader);
  // between the phases the leader may have its former id already, and assign to that
  else prepareRebalance(draft);
}

function takePlace(draft: Draft, command: JoinGroupCommand, formerId: string, memberId: string): ClassicMember {
  const former = draft.group.members.get(formerId) as ClassicMember;
  const leads = draft.group.leader === formerId;
  refuseWaiting(draft, former, "FENCED_INSTANCE_ID");
  draft.timers.push(noSessionTimer(draft.group, formerId));
  draft.group = withoutMember(draft.group, formerId);
  const member: ClassicMember = { ...former, ...saidOfItself(command), memberId, syncing: undefined, isNew: false };
  putMember(draft, member);
  if (leads) draft.group = { ...draft.group, leader: memberId };
  return member;
}

/** In the generation that is. Before v9 a leader is told its former id as the leader's: it must not think that it has to assign. */
function goOn(draft: Draft, command: JoinGroupCommand, member: ClassicMember, formerLeader: string | null): void {
  putMember(draft, { ...member, joining: undefined });
  draft.group = { ...draft.group, subscribedTopics: subscribedTopicsOf(draft.group) };
  draft.durable = true;
  const told = joined(draft.group, member.memberId);
  const leads = draft.group.leader === member.memberId;
  const atOnce: JoinAnswer =
    command.caller.version >= SKIP_ASSIGNMENT_SINCE
      ? { ...told, skipAssignment: leads }
      : { ...told, members: [], leader: formerLeader ?? "" };
  answer(draft, command.ticket, atOnce);
}
