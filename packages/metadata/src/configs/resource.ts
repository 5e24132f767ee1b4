// What can have configurations, and how a request for one that cannot is refused.
import type { ClusterImage } from "../cluster/image.js";
import { topicNameProblem } from "../topics/names.js";
import type { LocalBroker } from "./layers.js";

export type ConfigResourceType = "topic" | "broker" | "brokerLogger" | "clientMetrics" | "group";

export interface ConfigResource {
  readonly type: ConfigResourceType;
  /** A topic's or group's name, a broker's id in decimal, or "" for the default of all brokers. */
  readonly name: string;
}

/** Kafka's codes on the wire; 0 and everything else is unknown. */
export const CONFIG_RESOURCE_CODES: Readonly<Record<ConfigResourceType, number>> = {
  topic: 2,
  broker: 4,
  brokerLogger: 8,
  clientMetrics: 16,
  group: 32,
};

/** The type behind a code on the wire; undefined for one we do not know. */
export function configResourceType(code: number): ConfigResourceType | undefined {
  const types: readonly ConfigResourceType[] = ["topic", "broker", "brokerLogger", "clientMetrics", "group"];
  return types.find((type) => CONFIG_RESOURCE_CODES[type] === code);
}

/** A refusal: the protocol's error by name, and a sentence that says what to change. */
export interface ConfigProblem {
  readonly error: "INVALID_REQUEST" | "INVALID_CONFIG" | "INVALID_TOPIC_EXCEPTION" | "UNKNOWN_TOPIC_OR_PARTITION";
  readonly message: string;
}

export const configProblem = (error: ConfigProblem["error"], message: string): ConfigProblem => ({ error, message });

/** What is wrong with asking for this resource's configs here; undefined when nothing is. */
export function resourceProblem({ type, name }: ConfigResource, image: ClusterImage, local: LocalBroker): ConfigProblem | undefined {
  switch (type) {
    case "topic":
      return topicProblem(name, image);
    case "broker":
      return name === "" || isBroker(name, image, local) ? undefined : unknownBroker(name);
    case "brokerLogger":
      return isBroker(name, image, local) ? undefined : unknownBroker(name);
    case "group":
      return name === "" ? configProblem("INVALID_REQUEST", "A group's name must not be empty.") : undefined;
    case "clientMetrics":
      return name === "" ? configProblem("INVALID_REQUEST", "The name of a client metrics subscription must not be empty.") : undefined;
  }
}

function topicProblem(name: string, image: ClusterImage): ConfigProblem | undefined {
  if (name === "") return configProblem("INVALID_REQUEST", "A topic must be named: topics have no default of their own, brokers do.");
  const problem = topicNameProblem(name);
  if (problem) return configProblem("INVALID_TOPIC_EXCEPTION", problem);
  return image.topicByName(name) ? undefined : configProblem("UNKNOWN_TOPIC_OR_PARTITION", `There is no topic "${name}".`);
}

const isBroker = (name: string, image: ClusterImage, local: LocalBroker): boolean =>
  name === String(local.nodeId) || image.brokers.some((broker) => name === String(broker.id));

const unknownBroker = (name: string): ConfigProblem =>
  configProblem("INVALID_REQUEST", `There is no broker "${name}": give a broker's id, or nothing for the default of all.`);
