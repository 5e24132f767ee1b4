// How consumer groups answer, and what their timers bring.
import type { Deciders } from "../decider.js";
import { type GroupsDecision, NOTHING } from "../decision.js";
import { classicMemberExpired } from "../migration/sync-and-heartbeat.js";
import type { GroupsState } from "../state.js";
import type { World } from "../world.js";
import { decided, draft } from "./draft.js";
import { heartbeat } from "./heartbeat.js";
import { revocationExpired, sessionExpired } from "./leaving.js";
import { resolveRegexes } from "./regexes.js";
import { renewTarget } from "./target.js";

export const consumerDeciders = {
  consumerGroupHeartbeat: heartbeat,
  consumerSessionExpired: sessionExpired,
  consumerRevocationExpired: revocationExpired,
  consumerAssignmentDue: assignmentDue,
  consumerRegexDue: resolveRegexes,
  consumerClassicMemberExpired: classicMemberExpired,
} satisfies Partial<Deciders>;

/** Targets that had to wait are worked out, so that members find them when they ask. */
function assignmentDue(state: GroupsState, { groupId }: { readonly groupId: string }, world: World): GroupsDecision {
  const group = state.groups.get(groupId);
  if (group?.kind !== "consumer" || group.members.size === 0) return NOTHING;
  const result = draft(group);
  renewTarget(result, group.groupEpoch, { member: undefined, replaced: undefined }, world);
  return decided(result);
}
