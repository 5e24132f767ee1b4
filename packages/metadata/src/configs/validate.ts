// Whether a resource may have these configurations: each by its own definition, and some by what the others say.
import { assert } from "@moldau/std";
import type { ClusterImage, ConfigValues } from "../cluster/image.js";
import { brokerConfigs, type ConfigDefinitions, clientMetricsConfigs, groupConfigs, topicConfigs } from "./definitions.js";
import { brokerLayers, type LocalBroker } from "./layers.js";
import { type ConfigProblem, configProblem } from "./resource.js";
import { listItems, parseConfig } from "./value.js";

/** Checks all configs of a topic, set or about to be; INVALID_CONFIG when one is unknown or wrong. */
export function topicConfigsProblem(configs: ConfigValues): ConfigProblem | undefined {
  const problem = eachProblem(configs, topicConfigs, "topic");
  if (problem) return problem;
  const least = numberOf(configs, topicConfigs, "min.compaction.lag.ms");
  const most = numberOf(configs, topicConfigs, "max.compaction.lag.ms");
  if (least > most) {
    return configProblem("INVALID_CONFIG", `min.compaction.lag.ms (${least}) must not be above max.compaction.lag.ms (${most}).`);
  }
  return undefined;
}

/** What is wrong with one config of a topic, as a sentence; undefined when nothing is. */
export const topicConfigProblem = (name: string, text: string): string | undefined => topicConfigsProblem(new Map([[name, text]]))?.message;

/** Checks all configs of a group: also against the bounds that the brokers set (group.consumer.min.session.timeout.ms, …). */
export function groupConfigsProblem(configs: ConfigValues, image: ClusterImage, local: LocalBroker): ConfigProblem | undefined {
  const problem = eachProblem(configs, groupConfigs, "group");
  if (problem) return problem;
  for (const [name, text] of configs) {
    const [kind, ...rest] = name.split(".");
    for (const bound of ["min", "max"] as const) {
      const boundName = `group.${kind}.${bound}.${rest.join(".")}`;
      const limit = brokerNumber(boundName, image, local);
      if (limit === undefined || (bound === "min" ? Number(text) >= limit : Number(text) <= limit)) continue;
      return configProblem("INVALID_CONFIG", `${name} must be at ${bound === "min" ? "least" : "most"} ${limit} (${boundName}).`);
    }
  }
  return heartbeatProblem(configs, image, local);
}

function heartbeatProblem(configs: ConfigValues, image: ClusterImage, local: LocalBroker): ConfigProblem | undefined {
  for (const kind of ["consumer", "share", "streams"]) {
    const millisOf = (name: string) => Number(configs.get(`${kind}.${name}`) ?? brokerNumber(`group.${kind}.${name}`, image, local));
    if (millisOf("session.timeout.ms") <= millisOf("heartbeat.interval.ms")) {
      return configProblem("INVALID_CONFIG", `${kind}.session.timeout.ms must be above ${kind}.heartbeat.interval.ms.`);
    }
  }
  return undefined;
}

const METRICS_INTERVAL_MS = { min: 100, max: 3_600_000 };
const CLIENT_ATTRIBUTES: readonly string[] = [
  "client_instance_id",
  "client_id",
  "client_software_name",
  "client_software_version",
  "client_source_address",
  "client_source_port",
];

/** Checks all configs of a client metrics subscription (KIP-714). */
export function clientMetricsConfigsProblem(configs: ConfigValues): ConfigProblem | undefined {
  const unknown = [...configs.keys()].find((name) => !clientMetricsConfigs.has(name));
  if (unknown !== undefined) return configProblem("INVALID_REQUEST", `There is no client metrics config "${unknown}".`);
  const problem = eachProblem(configs, clientMetricsConfigs, "client metrics");
  if (problem) return problem;
  const intervalMs = numberOf(configs, clientMetricsConfigs, "interval.ms");
  const { min, max } = METRICS_INTERVAL_MS;
  if (intervalMs < min || intervalMs > max) {
    return configProblem("INVALID_REQUEST", `interval.ms must be from ${min} to ${max}, and ${intervalMs} is not.`);
  }
  const wrong = listItems(configs.get("match") ?? "").find((item) => !isClientMatch(item));
  return wrong === undefined
    ? undefined
    : configProblem("INVALID_CONFIG", `"${wrong}" is not ATTRIBUTE=PATTERN with one of ${CLIENT_ATTRIBUTES.join(", ")}.`);
}

function isClientMatch(item: string): boolean {
  const equals = item.indexOf("=");
  if (!CLIENT_ATTRIBUTES.includes(item.slice(0, equals).trim())) return false;
  try {
    new RegExp(item.slice(equals + 1));
    return true;
  } catch {
    return false;
  }
}

/** Checks broker configs by their definitions. Unknown names pass, as with Kafka: plugins bring their own. */
export function brokerConfigsProblem(configs: ConfigValues): ConfigProblem | undefined {
  for (const [name, text] of configs) {
    const definition = brokerConfigs.get(name);
    const parsed = definition && parseConfig(definition, text);
    if (parsed && "problem" in parsed) return configProblem("INVALID_REQUEST", parsed.problem);
  }
  return undefined;
}

function eachProblem(configs: ConfigValues, definitions: ConfigDefinitions, kind: string): ConfigProblem | undefined {
  for (const [name, text] of configs) {
    const definition = definitions.get(name);
    if (!definition) return configProblem("INVALID_CONFIG", `There is no ${kind} config "${name}".`);
    const parsed = parseConfig(definition, text);
    if ("problem" in parsed) return configProblem("INVALID_CONFIG", parsed.problem);
  }
  return undefined;
}

function numberOf(configs: ConfigValues, definitions: ConfigDefinitions, name: string): number {
  const text = configs.get(name) ?? definitions.get(name)?.defaultValue;
  assert(text !== undefined && text !== null, `${name} has no default`);
  return Number(text);
}

function brokerNumber(name: string, image: ClusterImage, local: LocalBroker): number | undefined {
  const definition = brokerConfigs.get(name);
  const [layer] = definition ? brokerLayers(definition, image, local) : [];
  return layer && Number(layer.text);
}
