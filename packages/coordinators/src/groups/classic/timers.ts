// The timers of classic groups. Member ids end in a uuid, so no two groups' names can come out the same.
import type { TimerChange } from "../../runtime/machine.js";
import type { GroupsCommand } from "../commands.js";
import type { ClassicGroup, ClassicMember } from "./group.js";
import { rebalanceTimeoutMs } from "./group.js";

type Change = TimerChange<GroupsCommand>;

/** How long a member that was never in a generation may wait in the join phase: its client may be gone unseen, and does not beat yet. */
export const NEW_MEMBER_JOIN_TIMEOUT_MS = 300_000;

// one name for members and for ids that were only given out: an id is one or the other
const sessionName = (groupId: string, memberId: string) => `session(${groupId}/${memberId})`;
const joinName = (groupId: string) => `join(${groupId})`;
const syncName = (groupId: string) => `sync(${groupId})`;

export const sessionTimer = (
  { groupId }: ClassicGroup,
  { memberId, sessionTimeoutMs }: ClassicMember,
  afterMs = sessionTimeoutMs,
): Change => ({
  kind: "set",
  name: sessionName(groupId, memberId),
  afterMs,
  command: { kind: "classicSessionExpired", groupId, memberId },
});

export const pendingMemberTimer = ({ groupId }: ClassicGroup, memberId: string, afterMs: number): Change => ({
  kind: "set",
  name: sessionName(groupId, memberId),
  afterMs,
  command: { kind: "classicPendingMemberExpired", groupId, memberId },
});

export const noSessionTimer = ({ groupId }: ClassicGroup, memberId: string): Change => ({
  kind: "cancel",
  name: sessionName(groupId, memberId),
});

export const joinPhaseTimer = (group: ClassicGroup, afterMs = rebalanceTimeoutMs(group)): Change => ({
  kind: "set",
  name: joinName(group.groupId),
  afterMs,
  command: { kind: "classicJoinPhaseEnded", groupId: group.groupId },
});

export const noJoinPhaseTimer = ({ groupId }: ClassicGroup): Change => ({ kind: "cancel", name: joinName(groupId) });

export const syncPhaseTimer = (group: ClassicGroup): Change => ({
  kind: "set",
  name: syncName(group.groupId),
  afterMs: rebalanceTimeoutMs(group),
  command: { kind: "classicSyncPhaseEnded", groupId: group.groupId, generation: group.generation },
});

export const noSyncPhaseTimer = ({ groupId }: ClassicGroup): Change => ({ kind: "cancel", name: syncName(groupId) });
