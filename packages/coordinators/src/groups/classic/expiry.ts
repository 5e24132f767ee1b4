// What time does to classic groups: sessions end, ids that were given out lapse, phases end.
import type { CommandOf } from "../decider.js";
import { type GroupsDecision, NOTHING } from "../decision.js";
import type { GroupsState } from "../state.js";
import type { World } from "../world.js";
import { type Draft, decided, draftOf, dropMember } from "./draft.js";
import { allJoined, withoutMember } from "./group.js";
import { completeJoin, joinPhaseEnded, prepareRebalance } from "./rebalance.js";

/** A member has not been heard of. Those that wait for an answer cannot be heard of, but new ones do not wait for ever. */
export function sessionExpired(state: GroupsState, command: CommandOf<"classicSessionExpired">, world: World): GroupsDecision {
  return about(state, command, world, (draft) => {
    const member = draft.group.members.get(command.memberId);
    if (!member || (!member.isNew && (member.joining || member.syncing))) return;
    dropMember(draft, member, "UNKNOWN_MEMBER_ID");
    if (draft.group.phase === "PreparingRebalance") completeIfAllJoined(draft);
    else prepareRebalance(draft);
  });
}

/** An id was given out, and nobody has come with it. */
export function pendingMemberExpired(state: GroupsState, command: CommandOf<"classicPendingMemberExpired">, world: World): GroupsDecision {
  return about(state, command, world, (draft) => {
    if (!draft.group.pendingMembers.has(command.memberId)) return;
    draft.group = withoutMember(draft.group, command.memberId);
    if (draft.group.phase === "PreparingRebalance") completeIfAllJoined(draft);
  });
}

// who lapses ends the first join phase too when all others are there
function completeIfAllJoined(draft: Draft): void {
  if (allJoined(draft.group)) completeJoin(draft);
}

export function joinPhaseTimedOut(state: GroupsState, command: CommandOf<"classicJoinPhaseEnded">, world: World): GroupsDecision {
  return about(state, command, world, joinPhaseEnded);
}

/** Members that were told of the generation and never asked for their assignment are out, static ones too. */
export function syncPhaseTimedOut(state: GroupsState, command: CommandOf<"classicSyncPhaseEnded">, world: World): GroupsDecision {
  return about(state, command, world, (draft) => {
    const { group } = draft;
    if (group.generation !== command.generation || group.owingSyncCount === 0) return;
    for (const member of group.members.values()) if (member.owesSync) dropMember(draft, member, "UNKNOWN_MEMBER_ID");
    prepareRebalance(draft);
  });
}

function about(
  state: GroupsState,
  { groupId }: { readonly groupId: string },
  world: World,
  change: (draft: Draft) => void,
): GroupsDecision {
  const group = state.groups.get(groupId);
  if (group?.kind !== "classic") return NOTHING;
  const draft = draftOf(group, world);
  change(draft);
  return decided(draft);
}
