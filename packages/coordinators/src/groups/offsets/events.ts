// What happens to committed offsets: one is there, or goes.
import { type ClassicGroup, simpleGroup } from "../classic/group.js";
import type { GroupsState } from "../state.js";
import type { CommittedOffset } from "./offsets.js";

export interface OffsetsEvent {
  readonly kind: "offset";
  readonly groupId: string;
  readonly topic: string;
  readonly partition: number;
  /** Undefined: it goes. */
  readonly committed: CommittedOffset | undefined;
}

/** A partition's offset goes. */
export const forgotten = (groupId: string, topic: string, partition: number): OffsetsEvent => ({
  kind: "offset",
  groupId,
  topic,
  partition,
  committed: undefined,
});

// Invariant: offsets make a simple group where there is no group, and a simple group is gone with its last offset: no record of its own
// tells of it, so it must be the same before and after a restart.
export function applyOffset(state: GroupsState, event: OffsetsEvent): void {
  if (event.committed) keep(state, event, event.committed);
  else forget(state, event);
}

function keep(state: GroupsState, { groupId, topic, partition }: OffsetsEvent, committed: CommittedOffset): void {
  let ofGroup = state.offsets.get(groupId);
  if (!ofGroup) {
    ofGroup = new Map();
    state.offsets.set(groupId, ofGroup);
  }
  if (!state.groups.has(groupId)) state.groups.set(groupId, simpleGroup(groupId));
  const ofTopic = ofGroup.get(topic);
  if (ofTopic) ofTopic.set(partition, committed);
  else ofGroup.set(topic, new Map([[partition, committed]]));
}

function forget(state: GroupsState, { groupId, topic, partition }: OffsetsEvent): void {
  const ofGroup = state.offsets.get(groupId);
  const ofTopic = ofGroup?.get(topic);
  if (!ofGroup || !ofTopic) return;
  ofTopic.delete(partition);
  if (ofTopic.size === 0) ofGroup.delete(topic);
  if (ofGroup.size > 0) return;
  state.offsets.delete(groupId);
  const group = state.groups.get(groupId);
  if (group?.kind === "classic" && isSimple(group)) state.groups.delete(groupId);
}

/** Nobody has ever joined it, nor tried to: groups of which the topic has a record of their own know since when they are empty. */
const isSimple = ({ protocolType, phaseSinceMs, members, pendingMembers }: ClassicGroup): boolean =>
  protocolType === null && phaseSinceMs === undefined && members.size === 0 && pendingMembers.size === 0;
