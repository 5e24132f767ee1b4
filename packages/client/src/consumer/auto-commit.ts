// What was processed is committed every few seconds, and when partitions go.

import type { Cluster } from "../cluster/cluster.js";
import { ClientError } from "../errors.js";
import { type Commits, isNoLongerOurs, isPassing } from "./commits.js";
import type { Delivery } from "./delivery.js";
import type { PartitionState } from "./positions/partition-state.js";

export interface AutoCommitWorld {
  readonly cluster: Cluster;
  /** Undefined: nobody to commit to, or only when the program says so. */
  readonly everyMs: number | undefined;
  readonly commits: Commits | undefined;
  readonly delivery: Delivery<unknown, unknown>;
  readonly states: () => Iterable<PartitionState>;
  readonly signal: AbortSignal;
  readonly failed: (error: unknown) => void;
}

export interface AutoCommit {
  start(): void;
  /** Once, whatever the interval. Resolves when it is done, or nothing more can be done. */
  commit(states: Iterable<PartitionState>, withinMs: number): Promise<void>;
}

/** What is processed of these and not committed. */
export function uncommitted(delivery: Delivery<unknown, unknown>, states: Iterable<PartitionState>) {
  return [...states].flatMap((state) => {
    const offset = delivery.processedBelow(state);
    return offset < 0 || offset === state.committed
      ? []
      : [{ state, topic: state.topic, partition: state.partition, offset, leaderEpoch: state.positionEpoch }];
  });
}

export function autoCommitOf({ cluster, everyMs, commits, delivery, states, signal, failed }: AutoCommitWorld): AutoCommit {
  const commit = async (some: Iterable<PartitionState>, withinMs: number) => {
    if (everyMs === undefined || !commits) return;
    const offsets = uncommitted(delivery, some);
    try {
      await commits.commit(offsets, withinMs);
      for (const { state, offset } of offsets) state.committed = offset;
    } catch (error) {
      // The next occasion may bring it; and what another owns by now is for that one to commit.
      if (signal.aborted || isPassing(error) || isNoLongerOurs(error) || isGone(error)) return;
      failed(error);
    }
  };
  const run = async (ms: number) => {
    for (;;) {
      await cluster.pause(ms, signal);
      await commit(states(), ms);
    }
  };
  return {
    start() {
      if (everyMs === undefined || !commits) return;
      run(everyMs).catch((error) => {
        if (!signal.aborted) failed(error);
      });
    },
    commit,
  };
}

const isGone = (error: unknown): boolean => error instanceof ClientError && error.code === "UNKNOWN_TOPIC_OR_PARTITION";
