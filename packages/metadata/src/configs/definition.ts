// What a configuration is: one definition each, from which validation, DescribeConfigs and docs/CONFIGURATION.md come.
import type { Valid } from "./valid.js";

export type ConfigType = "boolean" | "string" | "int" | "short" | "long" | "double" | "list" | "class" | "password";

export type Importance = "high" | "medium" | "low";

/** When a change takes effect here: at once, at the next start, or never, and why. */
export type Effect = "live" | "start" | { readonly none: string };

/** How Kafka lets a broker config be changed while the broker runs; tools are answered the same. */
export type UpdateMode = "read-only" | "per-broker" | "cluster-wide";

/** A broker config that a topic config falls back to, and what one unit of it is in the topic config's unit. */
export interface BrokerSynonym {
  readonly name: string;
  readonly factor: number;
}

export interface ConfigDefinition {
  readonly name: string;
  readonly type: ConfigType;
  /** As text, lists joined by ","; null when there is none. */
  readonly defaultValue: string | null;
  readonly importance: Importance;
  readonly valid: Valid | undefined;
  readonly effect: Effect;
  /** One sentence or two. */
  readonly doc: string;
  /** Only broker configs can be other than "cluster-wide". */
  readonly update: UpdateMode;
  /** Where a value comes from when the config itself has none, first match first. */
  readonly synonyms: readonly BrokerSynonym[];
}

/** Sensitive values are never told. */
export const isSensitive = (definition: ConfigDefinition): boolean => definition.type === "password";

/** How definition lists write a config. */
export type Row = readonly [name: string, type: ConfigType, defaultValue: string | null, importance: Importance, options?: RowOptions];

export interface RowOptions {
  readonly valid?: Valid;
  readonly update?: UpdateMode;
  readonly from?: readonly BrokerSynonym[];
  readonly doc?: string;
}

/** Definitions of topics, groups and client metrics: all can be changed while the broker runs. */
export const changeable = (effect: Effect, rows: readonly Row[]): ConfigDefinition[] =>
  rows.map((row) => define(effect, row, "cluster-wide"));

/** Definitions of a broker: read-only unless a row says otherwise. */
export const ofBroker = (effect: Effect, rows: readonly Row[]): ConfigDefinition[] => rows.map((row) => define(effect, row, "read-only"));

/** A synonym in the same unit, or in one that is `factor` of the topic config's. */
export const broker = (name: string, factor = 1): BrokerSynonym => ({ name, factor });

function define(effect: Effect, [name, type, defaultValue, importance, options = {}]: Row, update: UpdateMode): ConfigDefinition {
  return {
    name,
    type,
    defaultValue,
    importance,
    valid: options.valid,
    effect,
    doc: options.doc ?? "",
    update: options.update ?? update,
    synonyms: options.from ?? [],
  };
}

/** What a person or a tool reads about a config. */
export function documentation({ doc, effect }: ConfigDefinition): string {
  if (typeof effect === "string") return doc;
  const without = `Accepted without effect: ${effect.none}`;
  return doc === "" ? without : `${doc} ${without}`;
}
