// What a topic's configuration asks for, as a rule for its partitions.
import type { TopicConfig } from "@moldau/metadata";
import type { RetentionRule } from "@moldau/storage";

export type RetentionConfig = Pick<TopicConfig, "deleted" | "retentionMs" | "retentionBytes">;

/** Undefined when nothing ever goes: for ever and all, or only compacted (cleanup.policy). Negative values mean no bound. */
export function topicRule({ deleted, retentionMs, retentionBytes }: RetentionConfig, nowMs: number): RetentionRule | undefined {
  if (!deleted || (retentionMs < 0 && retentionBytes < 0)) return undefined;
  return {
    ...(retentionMs >= 0 && { olderThanMs: nowMs - retentionMs }),
    ...(retentionBytes >= 0 && { keepBytes: retentionBytes }),
  };
}
