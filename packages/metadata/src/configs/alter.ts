// IncrementalAlterConfigs (KIP-339) and the older AlterConfigs: from a request for one resource to the event that changes it.
import { assert } from "@moldau/std";
import type { ClusterEvent, ConfigChanges } from "../cluster/events.js";
import type { ClusterImage, ConfigValues } from "../cluster/image.js";
import { brokerConfigs, type ConfigDefinitions, clientMetricsConfigs, groupConfigs, topicConfigs } from "./definitions.js";
import type { LocalBroker } from "./layers.js";
import { type ConfigProblem, type ConfigResource, configProblem, resourceProblem } from "./resource.js";
import { brokerConfigsProblem, clientMetricsConfigsProblem, groupConfigsProblem, topicConfigsProblem } from "./validate.js";
import { listItems } from "./value.js";

export interface ConfigOperation {
  readonly name: string;
  readonly operation: "SET" | "DELETE" | "APPEND" | "SUBTRACT";
  /** Ignored by DELETE. */
  readonly value: string | null;
}

/** Kafka's codes on the wire; undefined for others. */
export const configOperation = (code: number): ConfigOperation["operation"] | undefined =>
  (["SET", "DELETE", "APPEND", "SUBTRACT"] as const)[code];

export type AlterOutcome = { readonly events: readonly ClusterEvent[] } | { readonly problem: ConfigProblem };

/** Changes some configs of a resource. All of them, or none and the problem; no events when nothing changes. */
export function alterConfigs(
  image: ClusterImage,
  local: LocalBroker,
  resource: ConfigResource,
  operations: readonly ConfigOperation[],
): AlterOutcome {
  const problem = resourceProblem(resource, image, local) ?? repeated(operations);
  if (problem) return { problem };
  const current = currentConfigs(resource, image);
  const changes: Record<string, string | null> = {};
  for (const operation of operations) {
    const outcome = changedValue(operation, current, definitionsOf(resource));
    if ("problem" in outcome) return outcome;
    changes[operation.name] = outcome.value;
  }
  return decide(resource, current, changes, image, local);
}

/** Sets all configs of a resource to these: what is not named goes back to its default. */
export function replaceConfigs(
  image: ClusterImage,
  local: LocalBroker,
  resource: ConfigResource,
  entries: readonly { readonly name: string; readonly value: string | null }[],
): AlterOutcome {
  const problem = resourceProblem(resource, image, local) ?? repeated(entries);
  if (problem) return { problem };
  const current = currentConfigs(resource, image);
  const changes: Record<string, string | null> = Object.fromEntries([...current.keys()].map((name) => [name, null]));
  for (const { name, value } of entries) {
    if (value === null) return { problem: nullValue(name) };
    changes[name] = value;
  }
  return decide(resource, current, changes, image, local);
}

function decide(
  resource: ConfigResource,
  current: ConfigValues,
  changes: ConfigChanges,
  image: ClusterImage,
  local: LocalBroker,
): AlterOutcome {
  // Taking away what is not there, or setting what is, changes nothing.
  const effective = Object.fromEntries(Object.entries(changes).filter(([name, value]) => value !== (current.get(name) ?? null)));
  const result = new Map(current);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) result.delete(name);
    else result.set(name, value);
  }
  const problem = configsProblem(resource, result, Object.keys(changes), image, local);
  if (problem) return { problem };
  return { events: Object.keys(effective).length === 0 ? [] : [eventOf(resource, effective, image)] };
}

function configsProblem(
  { type, name }: ConfigResource,
  configs: ConfigValues,
  changed: readonly string[],
  image: ClusterImage,
  local: LocalBroker,
): ConfigProblem | undefined {
  switch (type) {
    case "topic":
      return topicConfigsProblem(configs);
    case "broker":
      return updateProblem(changed, name === "") ?? brokerConfigsProblem(configs);
    case "group":
      return groupConfigsProblem(configs, image, local);
    case "clientMetrics":
      return clientMetricsConfigsProblem(configs);
    case "brokerLogger":
      return configProblem("INVALID_REQUEST", "Log levels cannot be changed while the broker runs: start it with --log-level.");
  }
}

/** Some broker configs count at start only, some for one broker only: Kafka refuses to change them otherwise. */
function updateProblem(names: readonly string[], ofAll: boolean): ConfigProblem | undefined {
  const having = (mode: string) => names.filter((name) => brokerConfigs.get(name)?.update === mode);
  const readOnly = having("read-only");
  if (readOnly.length > 0) {
    return configProblem(
      "INVALID_REQUEST",
      `These configs are read at start only, from flags or server.properties: ${readOnly.join(", ")}.`,
    );
  }
  const ofOne = ofAll ? having("per-broker") : [];
  if (ofOne.length > 0)
    return configProblem("INVALID_REQUEST", `These configs can be set for one broker only, by its id: ${ofOne.join(", ")}.`);
  return undefined;
}

type ValueOutcome = { readonly value: string | null } | { readonly problem: ConfigProblem };

function changedValue({ name, operation, value }: ConfigOperation, current: ConfigValues, definitions: ConfigDefinitions): ValueOutcome {
  if (operation === "DELETE") return { value: null };
  if (value === null) return { problem: nullValue(name) };
  if (operation === "SET") return { value };
  const definition = definitions.get(name);
  if (definition?.type !== "list") {
    return { problem: configProblem("INVALID_CONFIG", `${operation} needs a list, and ${name} is none.`) };
  }
  const items = listItems(current.get(name) ?? definition.defaultValue ?? "");
  for (const item of listItems(value)) {
    const at = items.indexOf(item);
    if (operation === "APPEND" && at < 0) items.push(item);
    if (operation === "SUBTRACT" && at >= 0) items.splice(at, 1);
  }
  return { value: items.join(",") };
}

const nullValue = (name: string): ConfigProblem =>
  configProblem("INVALID_REQUEST", `${name} needs a value: to take a setting away, delete it.`);

function repeated(entries: readonly { readonly name: string }[]): ConfigProblem | undefined {
  const names = entries.map(({ name }) => name);
  const seen = new Set<string>();
  const twice = names.find((name) => seen.size === seen.add(name).size);
  return twice === undefined ? undefined : configProblem("INVALID_REQUEST", `${twice} is named twice for one resource.`);
}

function definitionsOf({ type }: ConfigResource): ConfigDefinitions {
  switch (type) {
    case "topic":
      return topicConfigs;
    case "broker":
      return brokerConfigs;
    case "group":
      return groupConfigs;
    case "clientMetrics":
      return clientMetricsConfigs;
    case "brokerLogger":
      return new Map();
  }
}

function currentConfigs({ type, name }: ConfigResource, image: ClusterImage): ConfigValues {
  switch (type) {
    case "topic":
      return image.topicByName(name)?.configs ?? new Map();
    case "broker":
      return image.brokerConfigs(name);
    case "group":
      return image.groupConfigs(name);
    case "clientMetrics":
      return image.clientMetricsConfigs(name);
    case "brokerLogger":
      return new Map();
  }
}

function eventOf({ type, name }: ConfigResource, changes: ConfigChanges, image: ClusterImage): ClusterEvent {
  switch (type) {
    case "topic": {
      const topic = image.topicByName(name);
      assert(topic, `topic ${name} was found a moment ago`);
      return { type: "TopicConfigsSet", topicId: topic.id, changes };
    }
    case "group":
      return { type: "GroupConfigsSet", group: name, changes };
    case "clientMetrics":
      return { type: "ClientMetricsConfigsSet", subscription: name, changes };
    default:
      assert(type === "broker", "log levels are not in the cluster log");
      return { type: "BrokerConfigsSet", broker: name, changes };
  }
}
