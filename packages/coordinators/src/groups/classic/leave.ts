// LeaveGroup: members go, by their ids, or static ones by name (KIP-345), which is how a tool takes them out.
import { type ErrorName, errors } from "@moldau/protocol";
import { reply } from "../../runtime/machine.js";
import type { LeaveGroupCommand } from "../commands.js";
import { decision, type GroupsDecision } from "../decision.js";
import type { GroupsState } from "../state.js";
import type { World } from "../world.js";
import { answer, type Draft, decided, draftOf, dropMember } from "./draft.js";
import { type ClassicMember, withoutMember } from "./group.js";
import { wrongIdentity } from "./membership.js";
import { rebalance } from "./rebalance.js";
import { noSessionTimer } from "./timers.js";

/** The version since which several members can leave at once. */
const BATCHED_SINCE = 3;

export interface Leaving {
  readonly memberId: string;
  readonly groupInstanceId: string | null;
}

type Outcome = Leaving & { readonly errorCode: number };

export function leaveGroup(state: GroupsState, command: LeaveGroupCommand, world: World): GroupsDecision {
  const { request, ticket, caller } = command;
  if (request.groupId === "") return decision({ replies: [reply(ticket, leaveRefused("INVALID_GROUP_ID"))] });
  const group = state.groups.get(request.groupId);
  const leaving = leavingOf(command);
  if (group?.kind !== "classic") {
    const strangers = leaving.map((one) => outcomeOf(one, "UNKNOWN_MEMBER_ID"));
    return decision({ replies: [reply(ticket, left(caller.version, strangers))] });
  }
  const draft = draftOf(group, world);
  const outcomes = leaving.map((one) => outcomeOf(one, takeOut(draft, one)));
  answer(draft, ticket, left(caller.version, outcomes));
  if (draft.group !== group && draft.group.phase !== "Empty") rebalance(draft);
  return decided(draft);
}

/** Who is to leave, whatever the version. */
export const leavingOf = ({ request, caller }: LeaveGroupCommand): readonly Leaving[] =>
  caller.version >= BATCHED_SINCE ? request.members : [{ memberId: request.memberId, groupInstanceId: null }];

const outcomeOf = ({ memberId, groupInstanceId }: Leaving, error: ErrorName | undefined): Outcome => ({
  memberId,
  groupInstanceId,
  errorCode: errors[error ?? "NONE"].code,
});

/** The answer: before there were several, the one's error is the answer's own. */
export const left = (version: number, members: readonly Outcome[]) => ({
  throttleTimeMs: 0,
  errorCode: version >= BATCHED_SINCE ? errors.NONE.code : (members[0]?.errorCode ?? errors.NONE.code),
  members: version >= BATCHED_SINCE ? members : [],
});

const leaveRefused = (error: ErrorName) => ({ throttleTimeMs: 0, errorCode: errors[error].code, members: [] });

/** Undefined when it is out. */
function takeOut(draft: Draft, { memberId, groupInstanceId }: Leaving): ErrorName | undefined {
  const { group } = draft;
  if (group.pendingMembers.has(memberId)) {
    draft.group = withoutMember(group, memberId);
    draft.timers.push(noSessionTimer(group, memberId));
    return undefined;
  }
  const byName = memberId === "" && groupInstanceId !== null;
  const id = byName ? (group.staticMembers.get(groupInstanceId) ?? "") : memberId;
  const wrong = wrongIdentity(group, id, groupInstanceId);
  if (wrong) return wrong;
  dropMember(draft, group.members.get(id) as ClassicMember, "UNKNOWN_MEMBER_ID");
  return undefined;
}
