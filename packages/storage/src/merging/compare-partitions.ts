// The order in which shared segments hold their runs.
import type { PartitionId } from "@moldau/std";

/** By topic, then by index. */
export function comparePartitions(a: PartitionId, b: PartitionId): number {
  if (a.topicId !== b.topicId) return a.topicId < b.topicId ? -1 : 1;
  return a.index - b.index;
}
