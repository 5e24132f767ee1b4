// Logs that are not compacted for a while though they are dirty: the last try failed, or found nothing that it could do.
import { type PartitionId, partitionKey, type TopicId } from "@moldau/std";
import { CorruptionError } from "@moldau/storage";

export interface HeldBack {
  /** Because it failed. */
  isUncleanable(partition: PartitionId, nowMs: number): boolean;
  /** Because with these limits nothing could be done. */
  isExhausted(partition: PartitionId, limits: string, nowMs: number): boolean;
  /** For longer each time; one that is damaged, for good: only a restart looks at it again. */
  failed(partition: PartitionId, error: unknown, nowMs: number): void;
  /** For `restMs` in any case, and longer while the limits stay the same. */
  exhausted(partition: PartitionId, limits: string, nowMs: number, restMs: number): void;
  succeeded(partition: PartitionId): void;
  uncleanableCount(): number;
  /** Forgets the logs of topics that are not to be kept. */
  retain(isKept: (topicId: TopicId) => boolean): void;
}

const FIRST_DELAY_MS = 15_000;
const LONGEST_DELAY_MS = 3_600_000;
/** Limits may be the same and time have made more of the log compactable. */
const EXHAUSTED_MS = 300_000;

interface Failure {
  readonly partition: PartitionId;
  readonly delayMs: number;
  readonly untilMs: number;
}

interface Exhaustion {
  readonly partition: PartitionId;
  readonly limits: string;
  readonly restsUntilMs: number;
  readonly untilMs: number;
}

/** All times are monotonic. */
export function heldBack(): HeldBack {
  const failures = new Map<string, Failure>();
  const exhaustions = new Map<string, Exhaustion>();
  return {
    isUncleanable: (partition, nowMs) => nowMs < (failures.get(partitionKey(partition))?.untilMs ?? nowMs),
    isExhausted(partition, limits, nowMs) {
      const known = exhaustions.get(partitionKey(partition));
      if (!known) return false;
      return nowMs < (known.limits === limits ? known.untilMs : known.restsUntilMs);
    },
    failed(partition, error, nowMs) {
      const key = partitionKey(partition);
      const before = failures.get(key)?.delayMs;
      const longer = before === undefined ? FIRST_DELAY_MS : Math.min(2 * before, LONGEST_DELAY_MS);
      const delayMs = error instanceof CorruptionError ? Number.POSITIVE_INFINITY : longer;
      failures.set(key, { partition, delayMs, untilMs: nowMs + delayMs });
    },
    exhausted(partition, limits, nowMs, restMs) {
      const [restsUntilMs, untilMs] = [nowMs + restMs, nowMs + Math.max(restMs, EXHAUSTED_MS)];
      exhaustions.set(partitionKey(partition), { partition, limits, restsUntilMs, untilMs });
    },
    succeeded(partition) {
      failures.delete(partitionKey(partition));
      exhaustions.delete(partitionKey(partition));
    },
    uncleanableCount: () => failures.size,
    retain(isKept) {
      for (const held of [failures, exhaustions]) {
        for (const [key, { partition }] of held) if (!isKept(partition.topicId)) held.delete(key);
      }
    },
  };
}
