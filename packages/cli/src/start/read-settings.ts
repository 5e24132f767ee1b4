// Reads all that says how to start: the command line, the variables, and the config file that one of them names.
import { resolve } from "node:path";
import { nodeDisk } from "@moldau/env";
import { UsageError } from "../exit.js";
import { type StartSettings, startSettings } from "./settings.js";
import { commandLineTier, fileTier, type Tier, variablesTier } from "./tiers.js";

export interface ReadSettings {
  readonly settings: StartSettings;
  readonly unknownVariables: readonly string[];
}

/** `args` are the words after `start`. Throws UsageError. */
export async function readSettings(args: readonly string[]): Promise<ReadSettings> {
  const commandLine = commandLineTier(args);
  const variables = variablesTier(process.env);
  const configFile = commandLine.flags.get("config") ?? variables.flags.get("config");
  const tiers: Tier[] = [commandLine, variables];
  if (configFile !== undefined) tiers.push(fileTier(configFile, await fileText(resolve(configFile))));
  return { settings: startSettings(tiers, process.cwd()), unknownVariables: variables.unknown };
}

async function fileText(path: string): Promise<string> {
  const bytes = await nodeDisk()
    .readFile(path)
    .catch((cause: unknown) => {
      throw new UsageError(`${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    });
  if (!bytes) throw new UsageError(`There is no config file ${path}.`);
  return new TextDecoder().decode(bytes);
}
