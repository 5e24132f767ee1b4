// From what the command line, the variables and the config file say to what a broker is started with.

import { resolve } from "node:path";
import { type HostAndPort, type PropertiesReport, reportProperties, serverSettings } from "@moldau/metadata";
import { parseAddress } from "../address.js";
import { UsageError } from "../exit.js";
import type { LogFormat, LogLevel } from "../logging/logger.js";
import { type FlagName, variableOf } from "./flags.js";
import type { Tier } from "./tiers.js";

export interface StartSettings {
  readonly listen: HostAndPort;
  readonly advertise: HostAndPort | undefined;
  /** Absolute. */
  readonly dataDirectory: string;
  readonly nodeId: number;
  readonly rack: string | undefined;
  /** Kafka's broker configs, but for those that a flag decided. */
  readonly properties: ReadonlyMap<string, string>;
  /** Where metrics are; "off", or undefined for the default if that is free. */
  readonly http: HostAndPort | "off" | undefined;
  /** undefined: by what the output is. */
  readonly logFormat: LogFormat | undefined;
  readonly logLevel: LogLevel;
  readonly report: PropertiesReport;
}

/** Flags that are Kafka configs by another name, and the names that Kafka has for them, the first before the second. */
const KAFKA_NAMES = {
  listen: ["listeners"],
  advertise: ["advertised.listeners"],
  data: ["log.dirs", "log.dir"],
  "node-id": ["node.id", "broker.id"],
  rack: ["broker.rack"],
} as const satisfies Partial<Record<FlagName, readonly string[]>>;

const FORMATS: readonly LogFormat[] = ["json", "pretty"];
const LEVELS: readonly LogLevel[] = ["debug", "info", "warn", "error"];

/** Tiers in order of precedence, the first before the second. Throws UsageError with all that is wrong. */
export function startSettings(tiers: readonly Tier[], workingDirectory: string): StartSettings {
  refuseWhatIsNotThereYet(tiers);
  const problems: string[] = [];
  const flag = <Value>(name: FlagName, parse: (text: string) => Value | undefined, wanted: string): Value | undefined => {
    const found = firstTierWith(name, tiers);
    if (!found) return undefined;
    const text = found.flags.get(name);
    if (text === undefined) return undefined;
    const value = parse(text);
    if (value === undefined) problems.push(`${nameIn(found, name)} must be ${wanted}, and "${text}" is not.`);
    return value;
  };
  const properties = mergedProperties(tiers);
  const kafka = serverSettings(properties);
  problems.push(...kafka.problems);

  const listen = flag("listen", parseAddress, "HOST:PORT") ?? kafka.settings.listen ?? { host: "127.0.0.1", port: 9092 };
  const advertise = flag("advertise", parseAddress, "HOST:PORT") ?? kafka.settings.advertise;
  const data = flag("data", nonEmpty, "a directory") ?? kafka.settings.dataDirectory ?? "data";
  const nodeId = flag("node-id", parseNodeId, "a whole number from 0") ?? kafka.settings.nodeId ?? 1;
  const rack = flag("rack", nonEmpty, "a name") ?? kafka.settings.rack;
  const http = flag("http", (text) => (text === "off" ? "off" : parseAddress(text)), 'HOST:PORT or "off"');
  const logFormat = flag("log-format", (text) => FORMATS.find((format) => format === text), "json or pretty");
  const logLevel = flag("log-level", (text) => LEVELS.find((level) => level === text), "debug, info, warn or error") ?? "info";

  const dataDirectory = resolve(workingDirectory, data);
  const report = reportProperties(properties);
  problems.push(...report.problems);
  if (problems.length > 0) throw new UsageError(problems.join("\n"));
  return { listen, advertise, dataDirectory, nodeId, rack, properties, http, logFormat, logLevel, report };
}

/** The tier that decides a flag: the first that has it, under our name or under Kafka's. */
function firstTierWith(name: FlagName, tiers: readonly Tier[]): Tier | undefined {
  return tiers.find((tier) => tier.flags.has(name) || kafkaNames(name).some((kafkaName) => tier.properties.has(kafkaName)));
}

const kafkaNames = (name: FlagName): readonly string[] => (name in KAFKA_NAMES ? KAFKA_NAMES[name as keyof typeof KAFKA_NAMES] : []);

/** Kafka's configs of all tiers, without those that a flag decides. */
function mergedProperties(tiers: readonly Tier[]): Map<string, string> {
  const merged = new Map<string, string>();
  for (const tier of [...tiers].reverse()) for (const [name, value] of tier.properties) merged.set(name, value);
  for (const name of Object.keys(KAFKA_NAMES) as (keyof typeof KAFKA_NAMES)[]) {
    const decided = firstTierWith(name, tiers);
    if (decided?.flags.has(name)) for (const kafkaName of KAFKA_NAMES[name]) merged.delete(kafkaName);
  }
  return merged;
}

function refuseWhatIsNotThereYet(tiers: readonly Tier[]): void {
  for (const tier of tiers) {
    for (const name of ["catalog", "blobs"] as const) {
      if (tier.flags.has(name))
        throw new UsageError(`${nameIn(tier, name)} isn't there yet: this version keeps everything in its data directory.`);
    }
    const workers = tier.flags.get("workers");
    if (workers !== undefined && workers !== "1")
      throw new UsageError(`${nameIn(tier, "workers")} can only be 1 so far: one broker runs in a process.`);
  }
}

function nameIn(tier: Tier, name: FlagName): string {
  if (tier.from === "the command line") return `--${name}`;
  return tier.from === "the environment" ? variableOf(name) : `${name} in ${tier.from}`;
}

const nonEmpty = (text: string): string | undefined => (text.trim() === "" ? undefined : text);

const parseNodeId = (text: string): number | undefined => (/^\d{1,9}$/.test(text) ? Number(text) : undefined);
