// Commits of a consumer: one after the other, tried again while that may help, each with the identity that holds when it is sent.
import { inTurn } from "@moldau/std";
import { backoffMs } from "../cluster/backoff.js";
import type { Cluster } from "../cluster/cluster.js";
import { ClientError } from "../errors.js";
import type { GroupCoordinator } from "./group/coordinator.js";
import { commitOffsets, type MemberIdentity, type OffsetToCommit } from "./group/offsets.js";

export interface Commits {
  /** Rejects with ClientError. */
  commit(offsets: readonly OffsetToCommit[], withinMs: number): Promise<void>;
}

export interface CommitsWorld {
  readonly cluster: Cluster;
  readonly coordinator: GroupCoordinator;
  /** Undefined while the consumer is no member of its group. */
  readonly identity: () => MemberIdentity | undefined;
  readonly signal: AbortSignal;
}

/** The member is about to learn its new epoch, or the generation its successor: the same commit may pass then. */
const PASSING = new Set(["STALE_MEMBER_EPOCH", "REBALANCE_IN_PROGRESS"]);
/** What the group says when it has gone on without us. */
const NO_LONGER_OURS = new Set(["UNKNOWN_MEMBER_ID", "ILLEGAL_GENERATION", "FENCED_MEMBER_EPOCH", "FENCED_INSTANCE_ID"]);

export const isNoLongerOurs = (error: unknown): boolean => error instanceof ClientError && NO_LONGER_OURS.has(error.code);

/** Whether trying again, now or at the next occasion, may help. A topic that is gone is not waited for. */
export const isPassing = (error: unknown): error is ClientError =>
  error instanceof ClientError && error.code !== "UNKNOWN_TOPIC_OR_PARTITION" && (error.retriable || PASSING.has(error.code));

export function commitsOf({ cluster, coordinator, identity, signal }: CommitsWorld): Commits {
  const turn = inTurn();
  const { clock } = cluster.settings.world;
  const commit = async (offsets: readonly OffsetToCommit[], withinMs: number) => {
    const until = clock.monotonicMs() + withinMs;
    for (let failures = 1; ; failures++) {
      try {
        const who = identity();
        if (!who) throw notNow(coordinator.group);
        return await commitOffsets(coordinator, who, offsets);
      } catch (error) {
        const waitMs = backoffMs(cluster.settings, failures);
        if (!isPassing(error) || clock.monotonicMs() + waitMs >= until) throw error;
        await cluster.pause(waitMs, signal);
      }
    }
  };
  return { commit: (offsets, withinMs) => (offsets.length === 0 ? Promise.resolve() : turn(() => commit(offsets, withinMs))) };
}

const notNow = (group: string): ClientError =>
  new ClientError("UNKNOWN_MEMBER_ID", `the consumer is no member of the group ${group} at the moment`, { retriable: true });
