// What happens to committed offsets: one is there, at once or when a transaction is committed, or goes; a transaction ends.
import type { TransactionalProducer, TransactionEnd } from "../../runtime/machine.js";
import { type ClassicGroup, simpleGroup } from "../classic/group.js";
import type { GroupsState } from "../state.js";
import type { CommittedOffset } from "./offsets.js";
import { addPending, endPending, forgetPending, hasPending, makeVoid, type Place, settle } from "./pending.js";

export interface OffsetEvent extends Place {
  readonly kind: "offset";
  /** Undefined: it goes. */
  readonly committed: CommittedOffset | undefined;
  /** Whose transaction it is part of. */
  readonly producer?: TransactionalProducer;
}

export interface TransactionEndedEvent {
  readonly kind: "transactionEnded";
  readonly end: TransactionEnd;
}

export type OffsetsEvent = OffsetEvent | TransactionEndedEvent;

/** A partition's offset goes. */
export const forgotten = (groupId: string, topic: string, partition: number): OffsetEvent => ({
  kind: "offset",
  groupId,
  topic,
  partition,
  committed: undefined,
});

// Invariant: offsets make a simple group where there is no group, be they part of an open transaction, and a simple group is gone with its
// last offset: no record of its own tells of it, so it must be the same before and after a restart.
export function applyOffset(state: GroupsState, event: OffsetsEvent): void {
  if (event.kind === "transactionEnded") end(state, event.end);
  else if (!event.committed) forget(state, event);
  else if (event.producer) {
    addPending(state.pending, event.producer, event, event.committed);
    ensureGroup(state, event.groupId);
  } else {
    makeVoid(state.pending, event);
    keep(state, event, event.committed);
  }
}

function end(state: GroupsState, { producerId, commit }: TransactionEnd): void {
  for (const ended of endPending(state.pending, producerId)) {
    const { committed } = ended;
    if (commit && committed) {
      makeVoid(state.pending, ended, producerId);
      keep(state, ended, committed);
    }
    settle(state.pending, ended, producerId);
    dropEmptyGroup(state, ended.groupId);
  }
}

function ensureGroup(state: GroupsState, groupId: string): void {
  if (!state.groups.has(groupId)) state.groups.set(groupId, simpleGroup(groupId));
}

function keep(state: GroupsState, { groupId, topic, partition }: Place, committed: CommittedOffset): void {
  let ofGroup = state.offsets.get(groupId);
  if (!ofGroup) {
    ofGroup = new Map();
    state.offsets.set(groupId, ofGroup);
  }
  ensureGroup(state, groupId);
  const ofTopic = ofGroup.get(topic);
  if (ofTopic) ofTopic.set(partition, committed);
  else ofGroup.set(topic, new Map([[partition, committed]]));
}

function forget(state: GroupsState, place: Place): void {
  const { groupId, topic, partition } = place;
  forgetPending(state.pending, place);
  const ofGroup = state.offsets.get(groupId);
  const ofTopic = ofGroup?.get(topic);
  ofTopic?.delete(partition);
  if (ofTopic?.size === 0) ofGroup?.delete(topic);
  if (ofGroup?.size === 0) state.offsets.delete(groupId);
  dropEmptyGroup(state, groupId);
}

function dropEmptyGroup(state: GroupsState, groupId: string): void {
  if (state.offsets.has(groupId) || hasPending(state.pending, groupId)) return;
  const group = state.groups.get(groupId);
  if (group?.kind === "classic" && isSimple(group)) state.groups.delete(groupId);
}

/** Nobody has ever joined it, nor tried to: groups of which the topic has a record of their own know since when they are empty. */
const isSimple = ({ protocolType, phaseSinceMs, members, pendingMembers }: ClassicGroup): boolean =>
  protocolType === null && phaseSinceMs === undefined && members.size === 0 && pendingMembers.size === 0;
