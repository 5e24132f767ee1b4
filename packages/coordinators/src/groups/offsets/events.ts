// What happens to committed offsets: one is there, or goes.
import { simpleGroup } from "../classic/group.js";
import type { GroupsState } from "../state.js";
import type { CommittedOffset } from "./offsets.js";

export type OffsetsEvent = {
  readonly kind: "offset";
  readonly groupId: string;
  readonly topic: string;
  readonly partition: number;
  /** Undefined: it goes. */
  readonly committed: CommittedOffset | undefined;
};

export function applyOffset(state: GroupsState, { groupId, topic, partition, committed }: OffsetsEvent): void {
  const ofGroup = state.offsets.get(groupId) ?? new Map();
  const ofTopic = ofGroup.get(topic) ?? new Map();
  if (committed) {
    ofTopic.set(partition, committed);
    ofGroup.set(topic, ofTopic);
    state.offsets.set(groupId, ofGroup);
    if (!state.groups.has(groupId)) state.groups.set(groupId, simpleGroup(groupId));
    return;
  }
  ofTopic.delete(partition);
  if (ofTopic.size === 0) ofGroup.delete(topic);
  if (ofGroup.size === 0) state.offsets.delete(groupId);
}
