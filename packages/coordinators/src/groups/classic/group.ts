// A classic group: who is in it and where its rebalance stands. A value: every change makes a new one.
import type { JoinGroup, ResponseInput, SyncGroup } from "@moldau/protocol";
import type { Ticket } from "../../runtime/machine.js";

/** A group that is gone has no value; Kafka calls that Dead. */
export type ClassicGroupPhase = "Empty" | "PreparingRebalance" | "CompletingRebalance" | "Stable";

export interface ClassicMember {
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  /** In the member's order of preference. */
  readonly protocols: readonly { readonly name: string; readonly metadata: Uint8Array }[];
  readonly assignment: Uint8Array;
  /** JoinGroup and SyncGroup that wait for an answer. */
  readonly joining: Ticket<ResponseInput<typeof JoinGroup>> | undefined;
  readonly syncing: Ticket<ResponseInput<typeof SyncGroup>> | undefined;
}

export interface ClassicGroup {
  readonly kind: "classic";
  readonly groupId: string;
  readonly phase: ClassicGroupPhase;
  readonly generation: number;
  readonly protocolType: string | null;
  readonly protocolName: string | null;
  readonly leader: string | null;
  /** By member id. */
  readonly members: ReadonlyMap<string, ClassicMember>;
  /** Member ids given out and not used yet. */
  readonly pendingMembers: ReadonlySet<string>;
  /** Since when it is in this phase; undefined when unknown. */
  readonly phaseSinceMs: number | undefined;
}

/** A group that nobody ever joined: offsets were committed under its name. */
export const simpleGroup = (groupId: string): ClassicGroup => ({
  kind: "classic",
  groupId,
  phase: "Empty",
  generation: 0,
  protocolType: null,
  protocolName: null,
  leader: null,
  members: new Map(),
  pendingMembers: new Set(),
  phaseSinceMs: undefined,
});
