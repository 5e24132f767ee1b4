// Partitions that become part of a transaction before they are written to, as transaction.version 0 and 1 ask for: those that come while
// the coordinator is being asked go together.
import type { Slot } from "../slot.js";
import type { PartitionName } from "./coordinator.js";

export interface Registrar {
  /** Whether the partition is part of the transaction; if not, it will be, and `added` is told. */
  has(slot: Slot): boolean;
  /** A new transaction. */
  clear(): void;
}

export interface RegistrarContext {
  /** Asks the coordinator. Whoever must know of a failure is told by it. */
  add(partitions: readonly PartitionName[]): Promise<void>;
  added(slot: Slot): void;
}

export function registrar({ add, added }: RegistrarContext): Registrar {
  let present = new Set<Slot>();
  let wanted = new Set<Slot>();
  let asking = false;

  const ask = async () => {
    asking = true;
    // After this turn, so that all its partitions go together.
    await Promise.resolve();
    while (wanted.size > 0) {
      const those = wanted;
      const mine = present;
      wanted = new Set();
      try {
        await add(Array.from(those, ({ queue: { topic, partition } }) => ({ topic, partition })));
      } catch {
        continue;
      }
      for (const slot of those) mine.add(slot);
      for (const slot of those) added(slot);
    }
    asking = false;
  };
  return {
    has(slot) {
      if (present.has(slot)) return true;
      wanted.add(slot);
      if (!asking) void ask();
      return false;
    },
    clear() {
      present = new Set();
      wanted = new Set();
    },
  };
}
