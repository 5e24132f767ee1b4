// `moldau config`: configurations of topics, brokers and groups, shown and changed one by one.
import type { ConfigChange, ConfigEntry, ConfigResource, ConfigResourceType } from "@moldau/client";
import { Command } from "commander";
import { type ClientFlags, JSON_FLAG, nameAndValue, withClientFlags } from "../client/flags.js";
import { withClient } from "../client/with-client.js";
import { UsageError } from "../exit.js";
import type { CommandIo } from "../io.js";
import { jsonLine, table } from "../text.js";

const KINDS = ["topic", "broker", "group", "client-metrics", "broker-logger"] as const satisfies readonly ConfigResourceType[];
/** As a broker's number: what all brokers have in common. */
const ALL_BROKERS = "all";

interface DescribeFlags extends ClientFlags {
  readonly all?: true;
  readonly doc?: true;
}
interface ChangeFlags extends ClientFlags {
  readonly validateOnly?: true;
}

export function configCommand(io: CommandIo): Command {
  const config = new Command("config").helpOption("-h, --help", "print help").addHelpText("after", EXAMPLES);
  const add = (name: string, description: string) =>
    withClientFlags(config.command(name).description(description))
      .argument("<kind>", KINDS.join(", "))
      .argument("<name>", `its name; of a broker its number, or "${ALL_BROKERS}" for what all have in common`);
  add("describe", "what is set, and to what")
    .argument("[configs...]", "only these")
    .option("-a, --all", "what is not set too, with its default")
    .option("--doc", "what each means")
    .option(...JSON_FLAG)
    .action((kind: string, name: string, names: readonly string[], flags: DescribeFlags) =>
      describe(io, resourceOf(kind, name), names, flags),
    );
  add("set", "set configurations, and leave the others as they are")
    .argument("<configs...>", "NAME=VALUE; NAME+=VALUE and NAME-=VALUE add to and take from lists")
    .option("--validate-only", "only say whether it could be done")
    .action((kind: string, name: string, texts: readonly string[], flags: ChangeFlags) =>
      change(io, resourceOf(kind, name), texts.map(settingOf), flags),
    );
  add("unset", "go back to defaults")
    .argument("<configs...>", "their names")
    .option("--validate-only", "only say whether it could be done")
    .action((kind: string, name: string, names: readonly string[], flags: ChangeFlags) =>
      change(
        io,
        resourceOf(kind, name),
        names.map((name) => ({ name, operation: "delete" })),
        flags,
      ),
    );
  return config;
}

function resourceOf(kind: string, name: string): ConfigResource {
  const type = KINDS.find((known) => known === kind);
  if (!type) throw new UsageError(`There are configurations of ${KINDS.join(", ")}, and none of "${kind}".`);
  const isOfBroker = type === "broker" || type === "broker-logger";
  if (isOfBroker && !/^\d+$/.test(name) && !(type === "broker" && name === ALL_BROKERS)) {
    throw new UsageError(`A broker is named by its number, or "${ALL_BROKERS}", and "${name}" is neither.`);
  }
  return { type, name: isOfBroker && name === ALL_BROKERS ? "" : name };
}

function settingOf(text: string): ConfigChange {
  const [left, value] = nameAndValue(text, "a configuration");
  if (left.endsWith("+")) return { name: left.slice(0, -1), operation: "append", value };
  if (left.endsWith("-")) return { name: left.slice(0, -1), operation: "subtract", value };
  return { name: left, operation: "set", value };
}

async function describe(io: CommandIo, resource: ConfigResource, names: readonly string[], flags: DescribeFlags): Promise<void> {
  await withClient(io, flags, async (client) => {
    const [described] = await client.admin().configs.describe([resource], {
      includeDocumentation: flags.doc ?? false,
      ...(names.length > 0 && { names }),
    });
    const isShown = ({ source }: ConfigEntry) => flags.all || names.length > 0 || source !== "default";
    const configs = (described?.configs ?? []).filter(isShown).sort((a, b) => (a.name < b.name ? -1 : 1));
    if (flags.json) {
      for (const { synonyms: _, documentation, ...config } of configs) {
        await io.write(jsonLine({ ...resource, config: config.name, ...config, name: resource.name, ...(flags.doc && { documentation }) }));
      }
      return;
    }
    if (configs.length === 0) return io.error("Nothing is set: --all shows the defaults.\n");
    const rows = configs.map(({ name, value, source, isSensitive, documentation }) => [
      name,
      isSensitive ? "(hidden)" : (value ?? "-"),
      source,
      ...(flags.doc ? [documentation?.replace(/\s+/g, " ") ?? ""] : []),
    ]);
    await io.write(table(["CONFIG", "VALUE", "FROM", ...(flags.doc ? ["MEANING"] : [])], rows));
  });
}

async function change(io: CommandIo, resource: ConfigResource, changes: readonly ConfigChange[], flags: ChangeFlags): Promise<void> {
  const validateOnly = flags.validateOnly ?? false;
  await withClient(io, flags, async (client) => {
    await client.admin().configs.alter([{ resource, changes }], { validateOnly });
    const what = changes.map(({ name }) => name).join(", ");
    await io.write(`${resource.type} ${resource.name || ALL_BROKERS}: ${validateOnly ? "could change" : "changed"} ${what}\n`);
  });
}

const EXAMPLES = `
Examples:
  moldau config describe topic orders
  moldau config describe broker 1 --all --doc
  moldau config set topic orders retention.ms=86400000 cleanup.policy+=compact
  moldau config unset topic orders retention.ms
  moldau config set broker all log.retention.hours=24
`;
