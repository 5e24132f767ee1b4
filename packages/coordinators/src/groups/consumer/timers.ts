// The timers of consumer groups.
import type { TimerChange } from "../../runtime/machine.js";
import type { GroupsCommand } from "../commands.js";
import type { World } from "../world.js";
import type { ConsumerMember } from "./member.js";

type Timer = TimerChange<GroupsCommand>;

const name = (what: string, groupId: string, memberId = ""): string => `consumer ${what} ${groupId} ${memberId}`.trimEnd();

/** A member that is silent for so long is out. */
export const sessionTimer = (groupId: string, { memberId, metadata }: ConsumerMember, world: World): Timer => ({
  kind: "set",
  name: name("session", groupId, memberId),
  afterMs: metadata.classic?.sessionTimeoutMs ?? world.configOf(groupId).consumerSessionTimeoutMs,
  command: { kind: "consumerSessionExpired", groupId, memberId },
});

/** A member that has not given up by then what it was asked to give up is out. */
export const revocationTimer = (groupId: string, { memberId, metadata, current }: ConsumerMember): Timer => ({
  kind: "set",
  name: name("revocation", groupId, memberId),
  afterMs: metadata.rebalanceTimeoutMs,
  command: { kind: "consumerRevocationExpired", groupId, memberId, memberEpoch: current.memberEpoch },
});

export const noRevocationTimer = (groupId: string, memberId: string): Timer => ({
  kind: "cancel",
  name: name("revocation", groupId, memberId),
});

/** A member of the classic protocol is to join, or to sync, by then. */
export const classicPhaseTimer = (groupId: string, memberId: string, phase: "join" | "sync", afterMs: number): Timer => ({
  kind: "set",
  name: name(phase, groupId, memberId),
  afterMs,
  command: { kind: "consumerClassicMemberExpired", groupId, memberId, phase },
});

export const noClassicPhaseTimer = (groupId: string, memberId: string, phase: "join" | "sync"): Timer => ({
  kind: "cancel",
  name: name(phase, groupId, memberId),
});

export const noTimers = (groupId: string, memberId: string): Timer[] =>
  ["session", "revocation", "join", "sync"].map((what) => ({ kind: "cancel", name: name(what, groupId, memberId) }));

export const assignmentTimer = (groupId: string, afterMs: number): Timer => ({
  kind: "set",
  name: name("assignment", groupId),
  afterMs,
  command: { kind: "consumerAssignmentDue", groupId },
});

/** Not within the heartbeat that needs it, even when it is due at once: matching thousands of names takes its time. */
export const regexTimer = (groupId: string, afterMs: number): Timer => ({
  kind: "set",
  name: name("regex", groupId),
  afterMs,
  command: { kind: "consumerRegexDue", groupId },
});
