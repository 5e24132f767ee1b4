// Who to ask about a partition, and what to do when that is not known or was wrong: ask for metadata again, after a pause that grows.
import { backoffMs } from "../../cluster/backoff.js";
import type { Cluster } from "../../cluster/cluster.js";
import { isRetriable } from "../../errors.js";
import type { TopicPartition } from "../topic-partition.js";
import type { PartitionState } from "./partition-state.js";

export interface Leader {
  readonly nodeId: number;
  readonly leaderEpoch: number;
  readonly topicId: string;
}

/** Undefined while none is known. */
export function leaderOf({ metadata }: Cluster, { topic, partition }: TopicPartition): Leader | undefined {
  const known = metadata.known(topic);
  const info = known?.partitions[partition] ?? known?.partitions.find((one) => one.partition === partition);
  if (!known || !info || info.leader < 0) return undefined;
  return { nodeId: info.leader, leaderEpoch: info.leaderEpoch, topicId: known.topicId };
}

export interface LeaderSearch {
  /** The partition waits until metadata was asked for again. */
  lost(state: PartitionState): void;
}

/** `failed` is told what no trying again can help; `found` that partitions may go on. */
export function leaderSearch(cluster: Cluster, signal: AbortSignal, found: () => void, failed: (error: unknown) => void): LeaderSearch {
  let searched = new Set<PartitionState>();
  let searching = false;

  const search = async () => {
    while (searched.size > 0) {
      const failures = Math.max(1, ...[...searched].map((state) => state.failures));
      await cluster.pause(backoffMs(cluster.settings, failures), signal);
      const states = searched;
      searched = new Set();
      await cluster.metadata.refresh([...new Set([...states].map(({ topic }) => topic))]).catch((error) => {
        if (!isRetriable(error)) throw error;
      });
      for (const state of states) {
        // Somebody may have lost it again meanwhile.
        if (searched.has(state)) continue;
        if (leaderOf(cluster, state)) state.waiting = false;
        else {
          state.failures++;
          searched.add(state);
        }
      }
      found();
    }
  };
  return {
    lost(state) {
      state.failures++;
      state.waiting = true;
      searched.add(state);
      if (searching) return;
      searching = true;
      search()
        .catch((error) => {
          if (!signal.aborted) failed(error);
        })
        .finally(() => {
          searching = false;
        });
    },
  };
}
