// One partition in the producer's eyes: what waits to go there, and who leads it.
import type { PartitionQueue } from "./partition-queue.js";

export interface Slot {
  readonly queue: PartitionQueue;
  /** The zero uuid where the broker is too old to know of ids. */
  topicId: string;
  /** Node id; -1 while nobody leads. */
  leader: number;
  /** For the partitioner. */
  readonly waitingBytes: number;
  readonly hasLeader: boolean;
}

export function slotOf(queue: PartitionQueue, topicId: string, leader: number): Slot {
  return {
    queue,
    topicId,
    leader,
    get waitingBytes() {
      return queue.bytes;
    },
    get hasLeader() {
      return this.leader >= 0;
    },
  };
}
