// What is in the journal and not yet in extents: rows of batches, the groups they lie in, and the logs they belong to.
import type { GroupSequence } from "../journal/journal.js";
import type { PartitionLog } from "./partition-log.js";
import { type TailGroups, tailGroups } from "./tail-groups.js";
import { type TailRows, tailRows } from "./tail-rows.js";

export interface Tail {
  readonly rows: TailRows;
  readonly groups: TailGroups;
  /** The logs that have rows. */
  readonly logs: ReadonlySet<PartitionLog>;
  /** The log has a row. */
  grown(log: PartitionLog): void;
  /** Rows of the log are gone, perhaps all. */
  cut(log: PartitionLog): void;
  /** The groups up to and including `through` are in extents. */
  cutGroups(through: GroupSequence): void;
}

/** `freed` runs after each cut. */
export function emptyTail(freed: () => void): Tail {
  const groups = tailGroups();
  const logs = new Set<PartitionLog>();
  return {
    rows: tailRows(),
    groups,
    logs,
    grown: (log) => void logs.add(log),
    cut(log) {
      if (log.tail.length === 0) logs.delete(log);
      freed();
    },
    cutGroups(through) {
      groups.cut(through);
      freed();
    },
  };
}
