// Producers that have written nothing to a partition for producer.id.expiration.ms are forgotten there, whether anybody asks or not: now
// and then all open partitions are gone through, some at a time.
import type { Timers } from "@moldau/env";
import type { Logger } from "../logger.js";
import { type Periodic, periodically } from "../periodic.js";
import type { Partitions } from "./partitions.js";

export interface ProducerExpiryOptions {
  readonly partitions: Pick<Partitions, "allOpened">;
  /** producer.id.expiration.ms, as of now. */
  readonly expirationMs: () => number;
  readonly timers: Timers;
  readonly log: Logger;
  /** An invariant is broken. */
  readonly fatal: (error: Error) => void;
}

/** How long a producer may be remembered beyond its time: as long as in Kafka. */
const LONGEST_PAUSE_MS = 600_000;
/** Partitions that are looked at in one go. To look at one where nothing expires costs the look at its most silent producer. */
const PARTITIONS_AT_ONCE = 1_024;

/** Goes on until `close`. */
export function producerExpiry({ partitions, expirationMs, timers, log, fatal }: ProducerExpiryOptions): Periodic {
  const everyMs = () => Math.min(expirationMs(), LONGEST_PAUSE_MS);
  const round = async (closing: () => boolean) => {
    const ms = expirationMs();
    let looked = 0;
    for (const partition of partitions.allOpened()) {
      partition.producers().expire(ms);
      if (++looked % PARTITIONS_AT_ONCE !== 0) continue;
      await timers.yield();
      if (closing()) return;
    }
  };
  return periodically({ timers, log, fatal, firstAfterMs: everyMs(), everyMs, round, failed: "silent producers are forgotten later" });
}
