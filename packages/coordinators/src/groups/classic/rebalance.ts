// The course of a rebalance.
//
//   Empty ─────────────► PreparingRebalance ──────────► CompletingRebalance ──────────► Stable
//         first member,  │ join phase: ends when all     │ sync phase: until the leader
//         after a delay  │ have joined, or with the      │ brings the assignment
//                        │ longest rebalance timeout     │
//                        ▼ nobody is left                ▼ membership changes: PreparingRebalance again, as from Stable
//                      Empty
import type { ErrorName } from "@moldau/protocol";
import { joined, syncRefused } from "./answers.js";
import { answer, type Draft, dropMember, putMember } from "./draft.js";
import { allJoined, type ClassicGroup, type ClassicGroupPhase, type ClassicMember, rebalanceTimeoutMs } from "./group.js";
import { selectProtocol, subscribedTopicsOf } from "./protocols.js";
import { joinPhaseTimer, noJoinPhaseTimer, noSyncPhaseTimer, sessionTimer, syncPhaseTimer } from "./timers.js";

const NO_BYTES = new Uint8Array();

/** Members have come, gone or changed: a rebalance begins, or the one that is going on may have what it waited for. */
export function rebalance(draft: Draft): void {
  if (draft.group.phase === "PreparingRebalance") endJoinPhaseIfAllJoined(draft);
  else prepareRebalance(draft);
}

/** The first join phase of a group lasts its time even when all there are have joined: others may come. */
export function endJoinPhaseIfAllJoined(draft: Draft): void {
  const { group } = draft;
  if (group.phase === "PreparingRebalance" && !group.initialDelay && allJoined(group)) completeJoin(draft);
}

/** From any other phase. */
export function prepareRebalance(draft: Draft): void {
  const from = draft.group.phase;
  endSyncPhase(draft, from === "CompletingRebalance" ? "REBALANCE_IN_PROGRESS" : undefined);
  enter(draft, "PreparingRebalance");
  if (from === "Empty") beginInitialDelay(draft);
  else if (allJoined(draft.group)) completeJoin(draft);
  else draft.timers.push(joinPhaseTimer(draft.group));
}

function enter(draft: Draft, phase: ClassicGroupPhase): void {
  draft.group = { ...draft.group, phase, initialDelay: undefined, phaseSinceMs: draft.world.now };
}

/** Nobody owes a sync any more. With an error: the assignments are void, and who waits for one is told so. */
function endSyncPhase(draft: Draft, error: ErrorName | undefined): void {
  draft.timers.push(noSyncPhaseTimer(draft.group));
  if (draft.group.owingSyncCount === 0 && error === undefined) return;
  for (const member of draft.group.members.values()) {
    if (error === undefined) putMember(draft, { ...member, owesSync: false });
    else {
      if (member.syncing) {
        answer(draft, member.syncing, syncRefused(error));
        draft.timers.push(sessionTimer(draft.group, member));
      }
      putMember(draft, { ...member, owesSync: false, syncing: undefined, assignment: NO_BYTES });
    }
  }
}

function beginInitialDelay(draft: Draft): void {
  const delayMs = draft.world.config.groupInitialRebalanceDelayMs;
  const remainingMs = Math.max(rebalanceTimeoutMs(draft.group) - delayMs, 0);
  draft.group = { ...draft.group, initialDelay: { delayMs, remainingMs, extended: false } };
  draft.timers.push(joinPhaseTimer(draft.group, delayMs));
}

/** The join phase's time is up. The first one goes on while members keep coming, up to the rebalance timeout. */
export function joinPhaseEnded(draft: Draft): void {
  const { group, world } = draft;
  if (group.phase !== "PreparingRebalance") return;
  const delay = group.initialDelay;
  if (delay?.extended && delay.remainingMs > 0) {
    const delayMs = Math.min(world.config.groupInitialRebalanceDelayMs, delay.remainingMs);
    const remainingMs = Math.max(delay.remainingMs - delay.delayMs, 0);
    draft.group = { ...group, initialDelay: { delayMs, remainingMs, extended: false } };
    draft.timers.push(joinPhaseTimer(draft.group, delayMs));
  } else completeJoin(draft);
}

/** Ends the join phase: dynamic members that did not come are out, and the next generation begins with the others. */
export function completeJoin(draft: Draft): void {
  draft.timers.push(noJoinPhaseTimer(draft.group));
  const members = [...draft.group.members.values()];
  const staying = members.filter(({ joining, instanceId }) => joining || instanceId !== null);
  draft.group = { ...draft.group, leader: nextLeader(draft.group, staying) };
  for (const member of members) if (!member.joining && member.instanceId === null) dropMember(draft, member, "UNKNOWN_MEMBER_ID");
  if (draft.group.members.size === 0) becomeEmpty(draft);
  // only static members are left, and none has come: until their sessions end there is nobody to lead
  else if (draft.group.joiningCount === 0) draft.timers.push(joinPhaseTimer(draft.group));
  else beginGeneration(draft);
}

/** Who leads goes on leading, if it has joined. */
function nextLeader(group: ClassicGroup, staying: readonly ClassicMember[]): string | null {
  const current = staying.find(({ memberId }) => memberId === group.leader);
  const chosen = current?.joining ? current : (staying.find(({ joining }) => joining) ?? current ?? staying[0]);
  return chosen?.memberId ?? null;
}

function becomeEmpty(draft: Draft): void {
  draft.group = { ...draft.group, generation: draft.group.generation + 1, protocolName: null };
  draft.group = { ...draft.group, subscribedTopics: subscribedTopicsOf(draft.group) };
  enter(draft, "Empty");
  draft.durable = true;
}

function beginGeneration(draft: Draft): void {
  draft.group = { ...draft.group, generation: draft.group.generation + 1, protocolName: selectProtocol(draft.group) };
  draft.group = { ...draft.group, subscribedTopics: subscribedTopicsOf(draft.group) };
  enter(draft, "CompletingRebalance");
  for (const member of draft.group.members.values()) {
    answer(draft, member.joining?.ticket, joined(draft.group, member.memberId));
    draft.timers.push(sessionTimer(draft.group, member));
    putMember(draft, { ...member, joining: undefined, isNew: false, owesSync: true });
  }
  draft.timers.push(syncPhaseTimer(draft.group));
}
