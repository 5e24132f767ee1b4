// docs/CONFIGURATION.md, written from the definitions: `node scripts/configuration.mjs` after a build, and a test that it was.
import type { ConfigDefinition } from "./definition.js";
import { brokerConfigs, type ConfigDefinitions, clientMetricsConfigs, groupConfigs, topicConfigs } from "./definitions.js";

export function configurationPage(): string {
  const sections = [
    INTRODUCTION,
    section(
      "Topics",
      "Set at creation, or later with any tool (`kafka-configs --alter`); taken from the broker's config where not set.",
      topicConfigs,
    ),
    section(
      "Brokers",
      "In a `server.properties` (`--config FILE`), by `--set NAME=VALUE`, or, where it says so, while the broker runs.",
      brokerConfigs,
    ),
    section("Groups", "Set for one group; taken from the broker's `group.…` config where not set.", groupConfigs),
    section("Client metrics", "Set for one subscription (KIP-714).", clientMetricsConfigs),
  ];
  return `${sections.join("\n\n")}\n`;
}

const INTRODUCTION = `# Configuration
Names, types, defaults and checks are those of Apache Kafka 4.3. This page is written from the definitions in packages/metadata/src/configs by
\`node scripts/configuration.mjs\`. A name that is not here is said to be unknown when the broker starts. "Live" takes effect at once, "start" at the next start.`;

function section(title: string, how: string, definitions: ConfigDefinitions): string {
  const all = [...definitions.values()];
  const effective = all.filter(({ effect }) => typeof effect === "string");
  const parts = [`## ${title}\n${how}`];
  if (effective.length > 0) parts.push(table(effective));
  for (const [why, names] of byReason(all)) parts.push(`**Without effect: ${why}** ${names.map((name) => `\`${name}\``).join(", ")}`);
  return parts.join("\n\n");
}

function table(definitions: readonly ConfigDefinition[]): string {
  const rows = definitions.map((definition) => {
    const { name, type, defaultValue, valid, effect, doc } = definition;
    const values = valid ? `${type}, ${valid.text}` : type;
    const shown = defaultValue === null ? "none" : defaultValue === "" ? "empty" : `\`${defaultValue}\``;
    return `| \`${name}\` | ${cell(doc)} | ${cell(values)} | ${shown} | ${String(effect)} |`;
  });
  return ["| name | what it does | values | default | effect |", "|---|---|---|---|---|", ...rows].join("\n");
}

const cell = (text: string): string => text.replaceAll("|", "\\|");

/** Names by why they have no effect, in the order of the first name of each. */
function byReason(definitions: readonly ConfigDefinition[]): ReadonlyMap<string, readonly string[]> {
  const reasons = new Map<string, string[]>();
  for (const { name, effect } of definitions) {
    if (typeof effect === "string") continue;
    const names = reasons.get(effect.none) ?? [];
    reasons.set(effect.none, [...names, name]);
  }
  return reasons;
}
