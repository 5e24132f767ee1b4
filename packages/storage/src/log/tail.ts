// What is in the journal and not yet in extents: rows of batches, the groups they lie in, and the logs they belong to. What is in
// extents since lately stays as long as it is in memory, for readers that follow closely: it is warm.
import type { GroupSequence } from "../journal/journal.js";
import type { PartitionLog } from "./partition-log.js";
import { inMemory, type TailGroups, tailGroups } from "./tail-groups.js";
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
  consolidated(through: GroupSequence): void;
  /** Lets go of what is warm and no more in memory; of all that is warm while there are more than `maxRows`. `pause` comes between slices of the work. */
  cool(maxRows: number, pause: () => Promise<void>): Promise<void>;
}

/** Logs looked at in one go. */
const LOGS_AT_ONCE = 1_000;

/** `freed` runs when appends that wait may go on. */
export function emptyTail(freed: () => void): Tail {
  const rows = tailRows();
  const groups = tailGroups();
  const logs = new Set<PartitionLog>();

  /** The last of the oldest warm groups that are not in memory. */
  const coldThrough = (maxRows: number): GroupSequence => {
    if (rows.count > maxRows) return groups.next - 1;
    let sequence = groups.first;
    while (sequence < groups.next && !inMemory(groups.get(sequence))) sequence++;
    return sequence - 1;
  };
  const cut = (log: PartitionLog) => {
    if (log.tail.length === 0) logs.delete(log);
  };

  return {
    rows,
    groups,
    logs,
    grown: (log) => void logs.add(log),
    cut,
    consolidated(through) {
      groups.consolidated(through);
      freed();
    },
    async cool(maxRows, pause) {
      const through = coldThrough(maxRows);
      if (through < groups.first) return;
      let looked = 0;
      for (const log of logs) {
        log.cool(through);
        cut(log);
        if (++looked % LOGS_AT_ONCE === 0) await pause();
      }
      groups.forget(through);
    },
  };
}
