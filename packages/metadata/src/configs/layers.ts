// Where a configuration's value comes from: the layers it can be set in, the one that counts first (KIP-226).
//
//   topic:   the topic · then for the broker configs it falls back to: this broker · all brokers · properties · defaults
//   broker:  this broker · all brokers · properties · the default, each for the config and for its older names
//   group:   the group · then as a topic
import type { ClusterImage, ConfigValues } from "../cluster/image.js";
import type { BrokerSynonym, ConfigDefinition } from "./definition.js";
import { brokerConfigs } from "./definitions.js";

/** The broker whose view is asked for: each has properties of its own. Keep one object, for caches look at its identity. */
export interface LocalBroker {
  readonly nodeId: number;
  /** What its command line, environment and server.properties set. */
  readonly properties: ReadonlyMap<string, string>;
}

/** Kafka's names of the layers, as DescribeConfigs has them. */
export type ConfigSource =
  | "DYNAMIC_TOPIC_CONFIG"
  | "DYNAMIC_BROKER_CONFIG"
  | "DYNAMIC_DEFAULT_BROKER_CONFIG"
  | "STATIC_BROKER_CONFIG"
  | "DEFAULT_CONFIG"
  | "DYNAMIC_BROKER_LOGGER_CONFIG"
  | "DYNAMIC_CLIENT_METRICS_CONFIG"
  | "DYNAMIC_GROUP_CONFIG";

/** One place that has a value: under which name, and what one unit of it is in the config's own unit. */
export interface ConfigLayer {
  readonly source: ConfigSource;
  readonly name: string;
  readonly text: string;
  readonly factor: number;
}

/** Layers of a topic's or a group's config, the one that counts first; `own` are the values set on the resource itself. */
export function resourceLayers(
  definition: ConfigDefinition,
  own: ConfigValues,
  source: ConfigSource,
  image: ClusterImage,
  local: LocalBroker,
): ConfigLayer[] {
  const text = own.get(definition.name);
  const first: ConfigLayer[] = text === undefined ? [] : [{ source, name: definition.name, text, factor: 1 }];
  const rest = layersOf(definition.synonyms, image, local);
  if (definition.synonyms.length > 0 || definition.defaultValue === null) return [...first, ...rest];
  return [...first, { source: "DEFAULT_CONFIG", name: definition.name, text: definition.defaultValue, factor: 1 }];
}

/** Layers of a config of this broker, the one that counts first. */
export const brokerLayers = (definition: ConfigDefinition, image: ClusterImage, local: LocalBroker): ConfigLayer[] =>
  layersOf([{ name: definition.name, factor: 1 }, ...definition.synonyms], image, local);

/** Of several names, each layer is looked through for all of them before the next one is. */
function layersOf(names: readonly BrokerSynonym[], image: ClusterImage, local: LocalBroker): ConfigLayer[] {
  const layers: ConfigLayer[] = [];
  const look = (source: ConfigSource, lookUp: (name: string) => string | null | undefined) => {
    for (const { name, factor } of names) {
      const text = lookUp(name);
      if (text !== undefined && text !== null) layers.push({ source, name, text, factor });
    }
  };
  const ofThis = image.brokerConfigs(String(local.nodeId));
  const ofAll = image.brokerConfigs("");
  look("DYNAMIC_BROKER_CONFIG", (name) => ofThis.get(name));
  look("DYNAMIC_DEFAULT_BROKER_CONFIG", (name) => ofAll.get(name));
  look("STATIC_BROKER_CONFIG", (name) => local.properties.get(name));
  look("DEFAULT_CONFIG", (name) => brokerConfigs.get(name)?.defaultValue);
  return layers;
}

/** A layer's text in the unit of the config that falls back to it. Values below 0 mean "none" or "for ever", in any unit. */
export function textInUnit({ text, factor }: ConfigLayer): string {
  if (factor === 1) return text;
  const value = Number(text);
  return String(value < 0 ? value : value * factor);
}
