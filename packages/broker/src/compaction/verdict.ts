// Whether a log is to be compacted now, from what is known of its dirt: as Kafka's cleaner decides, but with extents for closed segments
// and the journal for the active one.
import type { TopicConfig } from "@moldau/metadata";
import type { Dirt } from "@moldau/storage";

export type CompactionConfig = Pick<
  TopicConfig,
  "minCleanableDirtyRatio" | "minCompactionLagMs" | "maxCompactionLagMs" | "segmentBytes" | "segmentMs"
>;

/** The share of what extents hold that was not compacted. */
export function dirtyRatio({ cleanBytes, dirtyBytes }: Pick<Dirt, "cleanBytes" | "dirtyBytes">): number {
  return dirtyBytes === 0 ? 0 : dirtyBytes / (cleanBytes + dirtyBytes);
}

/** `oldestMs`: the time of the oldest record that was not compacted; undefined when it is not known, or does not matter. */
export function isDirtyEnough(dirt: Dirt, config: CompactionConfig, oldestMs: number | undefined, nowMs: number): boolean {
  const waitedTooLong = oldestMs !== undefined && nowMs - oldestMs > config.maxCompactionLagMs;
  return dirt.dirtyBytes > 0 && (waitedTooLong || dirtyRatio(dirt) > config.minCleanableDirtyRatio);
}

/**
 * Whether what is in the journal should be moved to extents, where it can be compacted: there is much of it, or it has been there for long,
 * and with it the log would be compacted. `oldestMs`: the time of its oldest record.
 */
export function isWorthConsolidating(dirt: Dirt, config: CompactionConfig, oldestMs: number, nowMs: number): boolean {
  const { journalBytes, dirtyBytes } = dirt;
  const ageMs = nowMs - oldestMs;
  const rolled = journalBytes >= config.segmentBytes || ageMs >= Math.min(config.segmentMs, config.maxCompactionLagMs);
  if (journalBytes === 0 || !rolled) return false;
  return isDirtyEnough({ ...dirt, dirtyBytes: dirtyBytes + journalBytes }, config, oldestMs, nowMs);
}
