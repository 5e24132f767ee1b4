// DescribeConfigs: every config of a resource, its value, and where that comes from.
import type { ClusterImage, ConfigValues } from "../cluster/image.js";
import { type ConfigDefinition, type ConfigType, documentation, isSensitive } from "./definition.js";
import { brokerConfigs, type ConfigDefinitions, clientMetricsConfigs, groupConfigs, topicConfigs } from "./definitions.js";
import { brokerLayers, type ConfigLayer, type ConfigSource, type LocalBroker, resourceLayers, textInUnit } from "./layers.js";
import { type ConfigProblem, type ConfigResource, resourceProblem } from "./resource.js";
import { canonicalText } from "./value.js";

export interface ConfigDescription {
  readonly name: string;
  /** null when there is none, or when it is sensitive. */
  readonly value: string | null;
  readonly source: ConfigSource;
  readonly readOnly: boolean;
  readonly sensitive: boolean;
  readonly type: ConfigType | "unknown";
  /** Every layer that has a value, the one that counts first; empty unless asked for. */
  readonly synonyms: readonly ConfigSynonym[];
  /** null unless asked for. */
  readonly documentation: string | null;
}

export interface ConfigSynonym {
  readonly name: string;
  readonly value: string | null;
  readonly source: ConfigSource;
}

/** Kafka's codes on the wire. */
export const CONFIG_SOURCE_CODES: Readonly<Record<ConfigSource, number>> = {
  DYNAMIC_TOPIC_CONFIG: 1,
  DYNAMIC_BROKER_CONFIG: 2,
  DYNAMIC_DEFAULT_BROKER_CONFIG: 3,
  STATIC_BROKER_CONFIG: 4,
  DEFAULT_CONFIG: 5,
  DYNAMIC_BROKER_LOGGER_CONFIG: 6,
  DYNAMIC_CLIENT_METRICS_CONFIG: 7,
  DYNAMIC_GROUP_CONFIG: 8,
};

/** Kafka's codes on the wire. */
export const CONFIG_TYPE_CODES: Readonly<Record<ConfigType | "unknown", number>> = {
  unknown: 0,
  boolean: 1,
  string: 2,
  int: 3,
  short: 4,
  long: 5,
  double: 6,
  list: 7,
  class: 8,
  password: 9,
};

export interface DescribeOptions {
  /** Only these; null is all. Names that do not exist are left out. */
  readonly names: readonly string[] | null;
  readonly includeSynonyms: boolean;
  readonly includeDocumentation: boolean;
}

export type DescribeOutcome = { readonly configs: readonly ConfigDescription[] } | { readonly problem: ConfigProblem };

/** Configs in name order, or why the resource has none. A broker's logger has none here: levels are not kept in the cluster log. */
export function describeConfigs(
  image: ClusterImage,
  local: LocalBroker,
  resource: ConfigResource,
  { names, includeSynonyms, includeDocumentation }: DescribeOptions,
): DescribeOutcome {
  const problem = resourceProblem(resource, image, local);
  if (problem) return { problem };
  const configs = allConfigs(image, local, resource)
    .filter(({ name }) => names === null || names.includes(name))
    .map((config) => ({
      ...config,
      synonyms: includeSynonyms ? config.synonyms : [],
      documentation: includeDocumentation ? config.documentation : null,
    }));
  return { configs };
}

/** The configs of a topic that sets these itself, whether it exists yet or not (KIP-525). */
export function describeTopicConfigs(image: ClusterImage, local: LocalBroker, own: ConfigValues): readonly ConfigDescription[] {
  return described(topicConfigs, (definition) => resourceLayers(definition, own, "DYNAMIC_TOPIC_CONFIG", image, local));
}

function described(definitions: ConfigDefinitions, layers: (definition: ConfigDefinition) => readonly ConfigLayer[]): ConfigDescription[] {
  return [...definitions.values()].map((definition) => describe(definition, layers(definition)));
}

function allConfigs(image: ClusterImage, local: LocalBroker, { type, name }: ConfigResource): readonly ConfigDescription[] {
  switch (type) {
    case "topic":
      return describeTopicConfigs(image, local, image.topicByName(name)?.configs ?? new Map());
    case "group": {
      const own = image.groupConfigs(name);
      return described(groupConfigs, (definition) => resourceLayers(definition, own, "DYNAMIC_GROUP_CONFIG", image, local));
    }
    case "clientMetrics": {
      const own = image.clientMetricsConfigs(name);
      return described(clientMetricsConfigs, (definition) =>
        resourceLayers(definition, own, "DYNAMIC_CLIENT_METRICS_CONFIG", image, local),
      );
    }
    case "broker":
      return name === "" ? onlySet(image, "", "DYNAMIC_DEFAULT_BROKER_CONFIG") : brokerDescriptions(image, local, name);
    case "brokerLogger":
      return [];
  }
}

/** Of another broker only what the cluster log has is known: its properties are its own. */
function brokerDescriptions(image: ClusterImage, local: LocalBroker, name: string): readonly ConfigDescription[] {
  if (name !== String(local.nodeId)) return onlySet(image, name, "DYNAMIC_BROKER_CONFIG");
  const unknown = onlySet(image, name, "DYNAMIC_BROKER_CONFIG").filter((config) => !brokerConfigs.has(config.name));
  const known = [...brokerConfigs.values()].map((definition) => {
    const own = describe(definition, brokerLayers(definition, image, local));
    return { ...own, readOnly: definition.update === "read-only" };
  });
  return [...known, ...unknown];
}

function onlySet(image: ClusterImage, broker: string, source: ConfigSource): ConfigDescription[] {
  return [...image.brokerConfigs(broker)].map(([name, text]) => {
    const definition = brokerConfigs.get(name);
    if (definition) return describe(definition, [{ source, name, text, factor: 1 }]);
    // Of a config that we don't know, we don't know either whether it is a secret.
    const synonyms = [{ name, value: null, source }];
    return { name, value: null, source, readOnly: true, sensitive: true, type: "unknown", synonyms, documentation: null };
  });
}

function describe(definition: ConfigDefinition, layers: readonly ConfigLayer[]): ConfigDescription {
  const sensitive = isSensitive(definition);
  const [first] = layers;
  return {
    name: definition.name,
    value: first && !sensitive ? canonicalText(definition.type, textInUnit(first)) : null,
    source: first?.source ?? "DEFAULT_CONFIG",
    readOnly: false,
    sensitive,
    type: definition.type,
    synonyms: layers.map(({ name, text, source }) => ({ name, source, value: sensitive ? null : canonicalText(definition.type, text) })),
    documentation: documentation(definition),
  };
}
