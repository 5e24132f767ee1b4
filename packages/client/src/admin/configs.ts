// Configurations of topics, brokers, groups, brokers' loggers and clients' metrics: read, and changed one by one.
import { DescribeConfigs, IncrementalAlterConfigs, ListConfigResources, type ResponseOf } from "@moldau/protocol";
import type { Cluster } from "../cluster/cluster.js";
import { errorOf } from "../errors.js";
import { outcome, type PerItem } from "./outcome.js";
import { type AdminOptions, inRounds, matched } from "./rounds.js";
import { toBroker, toController } from "./routes.js";
import type { ChangeOptions } from "./topics.js";

const RESOURCE_CODES = { topic: 2, broker: 4, "broker-logger": 8, "client-metrics": 16, group: 32 } as const;

export type ConfigResourceType = keyof typeof RESOURCE_CODES;

export interface ConfigResource {
  readonly type: ConfigResourceType;
  /** Of a broker its node id; "" for what all brokers have in common. */
  readonly name: string;
}

/** By code on the wire. */
const SOURCES = [
  "unknown",
  "topic",
  "dynamic-broker",
  "dynamic-default-broker",
  "static-broker",
  "default",
  "broker-logger",
  "client-metrics",
  "group",
] as const;
const TYPES = ["unknown", "boolean", "string", "int", "short", "long", "double", "list", "class", "password"] as const;

/** Who set it: "topic", "group", … by name; "static-broker" is the broker's own file, "default" nobody. */
export type ConfigSource = (typeof SOURCES)[number];
export type ConfigValueType = (typeof TYPES)[number];

export interface ConfigEntry {
  readonly name: string;
  /** Null where it is sensitive, or not set. */
  readonly value: string | null;
  readonly source: ConfigSource;
  readonly isReadOnly: boolean;
  readonly isSensitive: boolean;
  readonly type: ConfigValueType;
  /** Where the value would come from, the first that has one wins; only if asked for. */
  readonly synonyms: readonly { readonly name: string; readonly value: string | null; readonly source: ConfigSource }[];
  /** What it means; only if asked for. */
  readonly documentation: string | null;
}

export interface ConfigDescription {
  readonly resource: ConfigResource;
  readonly configs: readonly ConfigEntry[];
}

const OPERATION_CODES = { set: 0, delete: 1, append: 2, subtract: 3 } as const;

export interface ConfigChange {
  readonly name: string;
  /** "delete" goes back to the default; "append" and "subtract" are for lists. */
  readonly operation: keyof typeof OPERATION_CODES;
  readonly value?: string;
}

export interface ConfigChanges {
  readonly resource: ConfigResource;
  readonly changes: readonly ConfigChange[];
}

export interface DescribeConfigsOptions extends AdminOptions {
  /** Only these; all by default. */
  readonly names?: readonly string[];
  readonly includeSynonyms?: boolean;
  readonly includeDocumentation?: boolean;
}

export interface Configs {
  describe(resources: readonly ConfigResource[], options?: DescribeConfigsOptions): PerItem<ConfigResource, ConfigDescription>;
  /** Changes what is named and leaves the rest (KIP-339); all changes of a resource, or none. Errors: INVALID_CONFIG, … */
  alter(changes: readonly ConfigChanges[], options?: ChangeOptions): PerItem<ConfigChanges, void>;
  /** The resources of these types that have configurations of their own (KIP-1142). Rejects with ClientError. */
  list(types?: readonly ConfigResourceType[], options?: AdminOptions): Promise<readonly ConfigResource[]>;
}

type Entry = ResponseOf<typeof DescribeConfigs>["results"][number]["configs"][number];

/** The first version that explains what configurations mean (KIP-569). */
const DOCUMENTATION = 3;

export function configsOf(cluster: Cluster): Configs {
  return {
    describe: (resources, { names, includeSynonyms = false, includeDocumentation = false, ...options } = {}) =>
      inRounds(
        cluster,
        resources,
        toBroker(cluster, nodeIdOf),
        async (ask, nodeId, some) => {
          const answer = await ask(nodeId, DescribeConfigs, (version) => ({
            resources: some.map((resource) => ({ ...wireOf(resource), configurationKeys: names ?? null })),
            includeSynonyms,
            ...(version >= DOCUMENTATION && { includeDocumentation }),
          }));
          return matched(some, keyOf, answer.results, wireKeyOf, (item, { errorCode, errorMessage, configs }) =>
            outcome(item, errorAbout(item, errorCode, errorMessage), () => ({ resource: item, configs: configs.map(entryOf) })),
          );
        },
        options,
      ),
    alter: (changes, { validateOnly = false, ...options } = {}) =>
      inRounds(
        cluster,
        changes,
        toBroker(cluster, ({ resource }) => nodeIdOf(resource)),
        async (ask, nodeId, some) => {
          const answer = await ask(nodeId, IncrementalAlterConfigs, {
            resources: some.map((one) => ({ ...wireOf(one.resource), configs: one.changes.map(wireChange) })),
            validateOnly,
          });
          return matched(
            some,
            ({ resource }) => keyOf(resource),
            answer.responses,
            wireKeyOf,
            (item, { errorCode, errorMessage }) => outcome(item, errorAbout(item.resource, errorCode, errorMessage), () => {}),
          );
        },
        options,
      ),
    async list(types = [], options = {}) {
      const [found = []] = await inRounds(
        cluster,
        [types],
        toController(cluster),
        async (ask, nodeId) => {
          const answer = await ask(nodeId, ListConfigResources, { resourceTypes: types.map((type) => RESOURCE_CODES[type]) });
          return [outcome(types, errorOf(answer.errorCode), () => answer.configResources)];
        },
        options,
      );
      return found.flatMap(({ resourceName, resourceType }) => {
        const type = typeOf(resourceType);
        return type ? [{ type, name: resourceName }] : [];
      });
    },
  };
}

/** What a broker has of its own only it knows; all others know the rest. */
const nodeIdOf = ({ type, name }: ConfigResource): number | undefined =>
  (type === "broker" && name !== "") || type === "broker-logger" ? Number(name) : undefined;

const wireOf = ({ type, name }: ConfigResource) => ({ resourceType: RESOURCE_CODES[type], resourceName: name });
const keyOf = ({ type, name }: ConfigResource): string => `${RESOURCE_CODES[type]} ${name}`;
const wireKeyOf = ({ resourceType, resourceName }: { readonly resourceType: number; readonly resourceName: string }): string =>
  `${resourceType} ${resourceName}`;

const wireChange = ({ name, operation, value }: ConfigChange) => ({
  name,
  configOperation: OPERATION_CODES[operation],
  value: value ?? null,
});

const typeOf = (code: number): ConfigResourceType | undefined =>
  (Object.keys(RESOURCE_CODES) as readonly ConfigResourceType[]).find((type) => RESOURCE_CODES[type] === code);

const errorAbout = ({ type, name }: ConfigResource, errorCode: number, message: string | null) =>
  errorOf(errorCode, message, { topic: type === "topic" ? name : undefined });

const entryOf = ({ name, value, configSource, readOnly, isSensitive, configType, synonyms, documentation }: Entry): ConfigEntry => ({
  name,
  value,
  source: SOURCES[configSource] ?? "unknown",
  isReadOnly: readOnly,
  isSensitive,
  type: TYPES[configType] ?? "unknown",
  synonyms: synonyms.map((synonym) => ({ name: synonym.name, value: synonym.value, source: SOURCES[synonym.source] ?? "unknown" })),
  documentation,
});
