// The state of one partition of __consumer_offsets: its groups, of either protocol, and the offsets they committed.
import type { ClassicGroup } from "./classic/group.js";
import type { ConsumerGroup } from "./consumer/group.js";
import type { CommittedOffsets } from "./offsets/offsets.js";
import type { PendingOffsets } from "./offsets/pending.js";

export type Group = ClassicGroup | ConsumerGroup;

export interface GroupsState {
  /** By group id. A group that has only offsets is a classic one that is empty (a "simple" group). */
  readonly groups: Map<string, Group>;
  /** By group id; absent: none. */
  readonly offsets: Map<string, CommittedOffsets>;
  /** Of transactions that are open. */
  readonly pending: PendingOffsets;
}
