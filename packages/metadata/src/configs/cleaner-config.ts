// What compaction is driven by on a broker: effective values, typed. What a topic says itself is in topic-config.
import { brokerSettings } from "./broker-settings.js";
import type { TypedReader } from "./typed.js";

export interface CleanerConfig {
  readonly enabled: boolean;
  readonly backoffMs: number;
  /** Memory for the keys of the log that is being compacted. */
  readonly keyBytes: number;
  /** Read and written together; Infinity: as fast as it goes. */
  readonly maxBytesPerSecond: number;
}

/** The broker's settings for compaction. Cheap when asked again. */
export const cleanerConfig = brokerSettings(read);

function read(reader: TypedReader): CleanerConfig {
  const maxBytesPerSecond = reader.number("log.cleaner.io.max.bytes.per.second");
  return {
    enabled: reader.boolean("log.cleaner.enable"),
    backoffMs: reader.number("log.cleaner.backoff.ms"),
    keyBytes: reader.number("log.cleaner.dedupe.buffer.size"),
    maxBytesPerSecond: maxBytesPerSecond === Number.MAX_VALUE ? Number.POSITIVE_INFINITY : maxBytesPerSecond,
  };
}
