// All scenarios by name, in the order they run.
import { both } from "./both.mjs";
import { compaction } from "./compaction.mjs";
import { consume } from "./consume.mjs";
import { groupsHeartbeats } from "./groups-heartbeats.mjs";
import { groupsLarge } from "./groups-large.mjs";
import { groupsRestart } from "./groups-restart.mjs";
import { groupsSettle } from "./groups-settle.mjs";
import { java } from "./java.mjs";
import { latency } from "./latency.mjs";
import { overPartitions } from "./partitions.mjs";
import { produce1k, produce100 } from "./produce.mjs";
import { restartAfterKill, restartAfterTerm } from "./restart.mjs";
import { startUp } from "./start.mjs";
import { transactions } from "./transactions.mjs";

/** @type {ReadonlyMap<string, import("./scenario.mjs").Scenario>} */
export const scenarios = new Map([
  ["start", startUp],
  ["produce-1k", produce1k],
  ["produce-100", produce100],
  ["consume", consume],
  ["both", both],
  ["latency", latency],
  ["partitions-1", overPartitions(1)],
  ["partitions-100", overPartitions(100)],
  ["partitions-5000", overPartitions(5000, { must: 2, aim: 4, slow: true })],
  ["partitions-10000", overPartitions(10_000, { slow: true })],
  ["restart-kill", restartAfterKill],
  ["restart-term", restartAfterTerm],
  ["transactions", transactions],
  ["java", java],
  ["compaction", compaction],
  ["groups-settle", groupsSettle],
  ["groups-restart", groupsRestart],
  ["groups-heartbeats", groupsHeartbeats],
  ["groups-large", groupsLarge],
]);
