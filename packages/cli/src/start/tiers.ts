// Where settings come from: the command line before variables before the config file. Each is read into the same form.

import { parseArgs } from "node:util";
import { PropertiesError, parseProperties } from "@moldau/metadata";
import { UsageError } from "../exit.js";
import { type FlagName, isFlagName, START_FLAGS, variableOf } from "./flags.js";

/** What one of the three says: our flags, and Kafka's broker configs. */
export interface Tier {
  /** For messages: where a bad value was found. */
  readonly from: string;
  readonly flags: ReadonlyMap<FlagName, string>;
  readonly properties: ReadonlyMap<string, string>;
  /** Names that are meant for us and that we don't know. */
  readonly unknown: readonly string[];
}

/** Reads the words after `start`; throws UsageError. */
export function commandLineTier(args: readonly string[]): Tier {
  const { values } = parseStartArgs(args);
  const flags = new Map<FlagName, string>();
  const properties = new Map<string, string>();
  for (const [name, value] of Object.entries(values)) {
    if (Array.isArray(value)) for (const assignment of value) properties.set(...divideAssignment(String(assignment)));
    else if (isFlagName(name) && typeof value === "string") flags.set(name, value);
  }
  return { from: "the command line", flags, properties, unknown: [] };
}

function parseStartArgs(args: readonly string[]) {
  const options = Object.fromEntries(START_FLAGS.map((flag) => [flag.name, { type: "string", multiple: "repeatable" in flag }] as const));
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false });
  } catch (cause) {
    // Node's first sentence says which flag and what is wrong; what follows is advice for other programs.
    const [sentence = ""] = (cause instanceof Error ? cause.message : String(cause)).split(/\. (?=[A-Z])/);
    throw new UsageError(`${sentence}. Try: moldau start --help`, { cause });
  }
}

function divideAssignment(text: string): readonly [string, string] {
  const equals = text.indexOf("=");
  if (equals <= 0) throw new UsageError(`--set needs NAME=VALUE, and "${text}" is not. Try: --set num.partitions=3`);
  return [text.slice(0, equals).trim(), text.slice(equals + 1).trim()];
}

/** What the tool box reads (client/flags.ts); whoever has set it for that may start a broker all the same. */
const TOOLS_VARIABLE = "MOLDAU_BOOTSTRAP";

/** MOLDAU_LISTEN and so on; MOLDAU_SET has lines of NAME=VALUE. */
export function variablesTier(environment: Readonly<Record<string, string | undefined>>): Tier {
  const flags = new Map<FlagName, string>();
  let properties: ReadonlyMap<string, string> = new Map();
  for (const { name } of START_FLAGS) {
    const value = environment[variableOf(name)];
    if (value === undefined || value === "") continue;
    if (name === "set") properties = readProperties(value, variableOf(name));
    else flags.set(name, value);
  }
  const known = new Set([...START_FLAGS.map(({ name }) => variableOf(name)), TOOLS_VARIABLE]);
  const unknown = Object.keys(environment).filter((name) => name.startsWith("MOLDAU_") && !known.has(name));
  return { from: "the environment", flags, properties, unknown };
}

/** A config file's text: Kafka's names are broker configs, and our flags' names are flags. */
export function fileTier(path: string, text: string): Tier {
  const flags = new Map<FlagName, string>();
  const properties = new Map<string, string>();
  for (const [name, value] of readProperties(text, path)) {
    if (isFlagName(name)) flags.set(name, value);
    else properties.set(name, value);
  }
  return { from: path, flags, properties, unknown: [] };
}

function readProperties(text: string, from: string): ReadonlyMap<string, string> {
  try {
    return parseProperties(text);
  } catch (cause) {
    if (cause instanceof PropertiesError) throw new UsageError(`${from}, ${cause.message}.`, { cause });
    throw cause;
  }
}
