// What the protocols of groups have in common, as the rest of the consumer sees them: they say which partitions are ours, and who we are.
import type { Cluster } from "../../cluster/cluster.js";
import type { ConsumerSettings } from "../options.js";
import type { TopicPartition } from "../topic-partition.js";
import type { GroupCoordinator } from "./coordinator.js";
import type { MemberIdentity } from "./offsets.js";
import type { Subscription } from "./subscription.js";

export interface Membership {
  /** Who commits; undefined while we are no member. */
  identity(): MemberIdentity | undefined;
  /** Joins, and stays a member until it leaves. */
  join(): void;
  /** Gives up all partitions and leaves, so that others get them. What is in hand is waited for, unless the program is `stalled`. */
  leave(how: { readonly stalled: boolean }): Promise<void>;
}

/** What a membership does to the consumer. */
export interface Holdings {
  owned(): readonly TopicPartition[];
  /** Gives partitions up: waits for what is in hand, commits, tells the program. Afterwards they are not ours. */
  revoke(partitions: readonly TopicPartition[]): Promise<void>;
  /** They belong to others already. */
  lose(partitions: readonly TopicPartition[]): Promise<void>;
  /** Takes partitions and begins reading them: at the offset, if one is given. */
  assign(partitions: readonly (TopicPartition & { readonly offset?: number })[]): Promise<void>;
}

export interface MembershipWorld {
  readonly cluster: Cluster;
  readonly settings: ConsumerSettings;
  readonly coordinator: GroupCoordinator;
  readonly subscription: Subscription;
  readonly holdings: Holdings;
  /** The consumer ends: loops stop. */
  readonly signal: AbortSignal;
  /** Nothing can be done about it; the program is told. */
  readonly failed: (error: unknown) => void;
}
