// Telling an assignment that changed from one that did not.
import type { Assignment } from "./assignor.js";

const NOTHING: Assignment = new Map();

/** `before` when `after` says the same, else `after`. */
export function unlessSame(before: Assignment, after: Assignment = NOTHING): Assignment {
  if (before.size !== after.size) return after;
  for (const [topicId, partitions] of after) {
    const old = before.get(topicId);
    if (old?.length !== partitions.length || partitions.some((partition, index) => partition !== old[index])) return after;
  }
  return before;
}
