// What storage tells the operator, as structured events: the broker turns them into log lines.
import type { DurableMode } from "./journal/ring-file.js";

export type StorageEvent =
  | {
      readonly kind: "recovered";
      /** Journal groups and batches that were not yet in extents, and their bytes in the journal. */
      readonly groups: number;
      readonly batches: number;
      readonly bytes: number;
      /** Batches of topics that are no more. */
      readonly deadBatches: number;
      readonly elapsedMs: number;
      /** How the journal's groups are made durable from now on. */
      readonly journalMode: DurableMode;
    }
  /** Something fails; it is tried again until it heals. Told once, not per try. */
  | { readonly kind: "failing"; readonly what: Failing; readonly error: Error }
  | { readonly kind: "healed"; readonly what: Failing; readonly afterMs: number }
  /** Stored bytes were found damaged while they were looked at behind; they are left as they are. Told once. */
  | { readonly kind: "damaged"; readonly error: Error }
  /** What a crash had left without an owner is gone. */
  | { readonly kind: "swept"; readonly segments: number; readonly topics: number };

export type Failing = "journal" | "consolidation" | "merging" | "sweep";

export type Report = (event: StorageEvent) => void;
