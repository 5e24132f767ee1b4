// Heartbeat: a member is alive, and wants to hear of rebalances.
import { type ErrorName, errors } from "@moldau/protocol";
import { reply } from "../../runtime/machine.js";
import type { HeartbeatCommand } from "../commands.js";
import { decision, type GroupsDecision } from "../decision.js";
import type { GroupsState } from "../state.js";
import { wrongGeneration } from "./membership.js";
import { sessionTimer } from "./timers.js";

export function heartbeat(state: GroupsState, { request, ticket }: HeartbeatCommand): GroupsDecision {
  const { groupId, memberId, groupInstanceId: instanceId, generationId: generation } = request;
  const answered = (error: ErrorName) => [reply(ticket, { throttleTimeMs: 0, errorCode: errors[error].code })];
  if (groupId === "") return decision({ replies: answered("INVALID_GROUP_ID") });
  const group = state.groups.get(groupId);
  const member = group?.kind === "classic" ? group.members.get(memberId) : undefined;
  if (group?.kind !== "classic") return decision({ replies: answered("UNKNOWN_MEMBER_ID") });
  const wrong = wrongGeneration(group, { memberId, instanceId, generation });
  if (wrong || !member) return decision({ replies: answered(wrong ?? "UNKNOWN_MEMBER_ID") });
  const told = group.phase === "PreparingRebalance" ? "REBALANCE_IN_PROGRESS" : "NONE";
  return decision({ replies: answered(told), timers: [sessionTimer(group, member)] });
}
