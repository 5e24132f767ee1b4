// All configuration definitions, by the kind of resource they belong to.
import { COORDINATOR_CONFIGS } from "./broker/coordinators.js";
import { GROUP_BROKER_CONFIGS } from "./broker/groups.js";
import { NETWORK_CONFIGS } from "./broker/network.js";
import { OPERATIONS_CONFIGS } from "./broker/operations.js";
import { REPLICATION_CONFIGS } from "./broker/replication.js";
import { SECURITY_CONFIGS } from "./broker/security.js";
import { STORAGE_CONFIGS } from "./broker/storage.js";
import { TOPIC_DEFAULTS } from "./broker/topics.js";
import type { ConfigDefinition } from "./definition.js";
import { CLIENT_METRICS_CONFIGS, GROUP_CONFIGS } from "./group-configs.js";
import { TOPIC_CONFIGS } from "./topic-configs.js";

/** Definitions by name, in the order of the names. */
export type ConfigDefinitions = ReadonlyMap<string, ConfigDefinition>;

export const topicConfigs = byName(TOPIC_CONFIGS);
export const brokerConfigs = byName([
  ...TOPIC_DEFAULTS,
  ...NETWORK_CONFIGS,
  ...STORAGE_CONFIGS,
  ...REPLICATION_CONFIGS,
  ...GROUP_BROKER_CONFIGS,
  ...COORDINATOR_CONFIGS,
  ...SECURITY_CONFIGS,
  ...OPERATIONS_CONFIGS,
]);
export const groupConfigs = byName(GROUP_CONFIGS);
export const clientMetricsConfigs = byName(CLIENT_METRICS_CONFIGS);

function byName(definitions: readonly ConfigDefinition[]): ConfigDefinitions {
  const sorted = [...definitions].sort((a, b) => (a.name < b.name ? -1 : 1));
  return new Map(sorted.map((definition) => [definition.name, definition]));
}
