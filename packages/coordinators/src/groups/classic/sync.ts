// SyncGroup: a member asks for its assignment; the leader brings everybody's.
import type { ErrorName } from "@moldau/protocol";
import { reply } from "../../runtime/machine.js";
import type { SyncGroupCommand } from "../commands.js";
import { decision, type GroupsDecision } from "../decision.js";
import type { GroupsState } from "../state.js";
import type { World } from "../world.js";
import { synced, syncRefused } from "./answers.js";
import { answer, type Draft, decided, draftOf, putMember } from "./draft.js";
import type { ClassicGroup, ClassicMember } from "./group.js";
import { wrongGeneration } from "./membership.js";
import { noSyncPhaseTimer, sessionTimer } from "./timers.js";

const PROTOCOL_REQUIRED_SINCE = 5;
const NO_BYTES = new Uint8Array();

export function syncGroup(state: GroupsState, command: SyncGroupCommand, world: World): GroupsDecision {
  const { request, ticket } = command;
  const group = state.groups.get(request.groupId);
  const refuse = (error: ErrorName) => decision({ replies: [reply(ticket, syncRefused(error))] });
  if (lacksProtocol(command)) return refuse("INCONSISTENT_GROUP_PROTOCOL");
  if (request.groupId === "") return refuse("INVALID_GROUP_ID");
  if (group?.kind !== "classic") return refuse("UNKNOWN_MEMBER_ID");
  const wrong = wrongSync(group, command);
  if (wrong) return refuse(wrong);
  const member = group.members.get(request.memberId) as ClassicMember;
  const draft = draftOf(group, world);
  if (group.phase === "Stable") syncStable(draft, command, member);
  else awaitAssignment(draft, command, member);
  return decided(draft);
}

/** Since v5 a member must say which protocol it means (KIP-559). */
export const lacksProtocol = ({ request, caller }: SyncGroupCommand): boolean =>
  caller.version >= PROTOCOL_REQUIRED_SINCE && (request.protocolType === null || request.protocolName === null);

function wrongSync(group: ClassicGroup, { request }: SyncGroupCommand): ErrorName | undefined {
  const { memberId, groupInstanceId, generationId, protocolType, protocolName } = request;
  const wrong = wrongGeneration(group, { memberId, instanceId: groupInstanceId, generation: generationId });
  if (wrong) return wrong;
  const differs = (said: string | null, is: string | null) => said !== null && is !== null && said !== is;
  if (differs(protocolType, group.protocolType) || differs(protocolName, group.protocolName)) return "INCONSISTENT_GROUP_PROTOCOL";
  return group.phase === "PreparingRebalance" ? "REBALANCE_IN_PROGRESS" : undefined;
}

function syncStable(draft: Draft, { ticket }: SyncGroupCommand, member: ClassicMember): void {
  if (member.owesSync) paySync(draft, { ...member, owesSync: false });
  answer(draft, ticket, synced(draft.group, member));
}

function awaitAssignment(draft: Draft, command: SyncGroupCommand, member: ClassicMember): void {
  // its client has given up the former request
  answer(draft, member.syncing, syncRefused("REBALANCE_IN_PROGRESS"));
  paySync(draft, { ...member, owesSync: false, syncing: command.ticket });
  if (draft.group.leader === member.memberId) assign(draft, command);
}

function paySync(draft: Draft, member: ClassicMember): void {
  const owed = draft.group.owingSyncCount;
  putMember(draft, member);
  if (owed > 0 && draft.group.owingSyncCount === 0) draft.timers.push(noSyncPhaseTimer(draft.group));
}

/** The leader's assignment ends the rebalance. Who is not in it has an empty one. */
function assign(draft: Draft, { request }: SyncGroupCommand): void {
  const assignments = new Map(request.assignments.map(({ memberId, assignment }) => [memberId, assignment]));
  for (const waiting of draft.group.members.values()) {
    const own = assignments.get(waiting.memberId);
    const member: ClassicMember = { ...waiting, syncing: undefined, assignment: own ? new Uint8Array(own) : NO_BYTES };
    putMember(draft, member);
    if (!waiting.syncing) continue;
    answer(draft, waiting.syncing, synced(draft.group, member));
    draft.timers.push(sessionTimer(draft.group, member));
  }
  draft.group = { ...draft.group, phase: "Stable", phaseSinceMs: draft.world.now };
  draft.durable = true;
}
