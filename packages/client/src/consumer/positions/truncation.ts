// Whether a new leader's log still holds what was read under an older one (KIP-320): after an unclean election it may not, and then
// reading goes on where the logs part.
import { errorByCode, OffsetForLeaderEpoch } from "@moldau/protocol";
import type { Cluster } from "../../cluster/cluster.js";
import { errorOf, isRetriable } from "../../errors.js";
import { type LeaderSearch, leaderOf } from "./leaders.js";
import { type PartitionState, seek } from "./partition-state.js";

export interface TruncationWorld {
  readonly cluster: Cluster;
  readonly leaders: LeaderSearch;
  /** The partition may be fetched again. */
  readonly checked: () => void;
  /** The leader knows nothing of the epoch. */
  readonly outOfRange: (state: PartitionState) => void;
  readonly failed: (error: unknown) => void;
}

const CONSUMER = -1;

/** Whether the partition may be fetched under this leader; if that is not known it is asked, and the partition waits. */
export function isChecked(world: TruncationWorld, state: PartitionState, leaderEpoch: number): boolean {
  if (state.checkedEpoch >= leaderEpoch || state.fetchEpoch < 0 || state.fetchEpoch >= leaderEpoch) {
    state.checkedEpoch = leaderEpoch;
    return true;
  }
  state.waiting = true;
  check(world, state, leaderEpoch).catch(world.failed);
  return false;
}

async function check(world: TruncationWorld, state: PartitionState, leaderEpoch: number): Promise<void> {
  const { incarnation, fetchEpoch } = state;
  const end = await endOfEpoch(world.cluster, state, leaderEpoch).catch((error) => {
    if (!isRetriable(error)) throw error;
    return undefined;
  });
  if (end === undefined) return world.leaders.lost(state);
  state.waiting = false;
  if (state.incarnation === incarnation) {
    state.checkedEpoch = leaderEpoch;
    if (end < 0) return world.outOfRange(state);
    if (end < state.fetchPosition) {
      // What is handed out already may be gone; what is only fetched is fetched again.
      if (end < state.position) seek(state, end, fetchEpoch);
      else seek(state, state.position, state.positionEpoch);
      state.checkedEpoch = leaderEpoch;
    }
  }
  world.checked();
}

/** Where the log ends that has the epoch of what was fetched last; -1 when the leader does not know. Rejects with ClientError. */
async function endOfEpoch(cluster: Cluster, state: PartitionState, leaderEpoch: number): Promise<number | undefined> {
  const { topic, partition, fetchEpoch } = state;
  const nodeId = leaderOf(cluster, state)?.nodeId;
  if (nodeId === undefined) return undefined;
  const answer = await cluster.askBroker(nodeId, OffsetForLeaderEpoch, (version) => ({
    ...(version >= 3 && { replicaId: CONSUMER }),
    topics: [{ topic, partitions: [{ partition, currentLeaderEpoch: leaderEpoch, leaderEpoch: fetchEpoch }] }],
  }));
  const found = answer.topics[0]?.partitions[0];
  if (!found) return undefined;
  if (found.errorCode !== 0 && !errorByCode(found.errorCode).retriable) throw errorOf(found.errorCode, undefined, { topic, partition });
  return found.errorCode === 0 ? found.endOffset : undefined;
}
