// The definitions held against the facts of Kafka 4.3.1: same names, types, defaults and bounds.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { documentation } from "./definition.js";
import { brokerConfigs, type ConfigDefinitions, clientMetricsConfigs, groupConfigs, topicConfigs } from "./definitions.js";
import { listItems, parseConfig } from "./value.js";

interface Fact {
  readonly type: string;
  readonly default?: unknown;
  readonly valid?: string;
  readonly importance: string;
}
type Facts = Readonly<Record<string, Fact>>;

const facts = JSON.parse(readFileSync(new URL("../../testdata/kafka-configs.json", import.meta.url), "utf8")) as Readonly<
  Record<"topic" | "broker" | "group", Facts>
>;

/** A fact's default as our text. */
function defaultText({ type, default: value }: Fact): string | null {
  if (value === undefined || value === null) return null;
  const text = String(value);
  if (type === "list") return listItems(text.slice(1, -1)).join(",");
  return text;
}

function sameDefault(type: string, ours: string | null, theirs: string | null): boolean {
  if (ours === theirs) return true;
  const numeric = ["int", "short", "long", "double"].includes(type);
  return numeric && ours !== null && theirs !== null && Number(ours) === Number(theirs);
}

const scopes: readonly (readonly [keyof typeof facts, ConfigDefinitions])[] = [
  ["topic", topicConfigs],
  ["broker", brokerConfigs],
  ["group", groupConfigs],
];

describe.each(scopes)("%s configs", (scope, definitions) => {
  it("are Kafka's, all of them and no others", () => {
    expect([...definitions.keys()]).toEqual(Object.keys(facts[scope]).sort());
  });

  it("have Kafka's types, importances and defaults", () => {
    const different = Object.entries(facts[scope]).filter(([name, fact]) => {
      const ours = definitions.get(name);
      return (
        ours?.type !== fact.type || ours.importance !== fact.importance || !sameDefault(fact.type, ours.defaultValue, defaultText(fact))
      );
    });
    expect(different).toEqual([]);
  });

  it("have Kafka's bounds", () => {
    const different: string[] = [];
    for (const [name, { valid }] of Object.entries(facts[scope])) {
      const bounds = /^\[(-?\d+),\.\.\.(?:,(\d+))?\]/.exec(valid ?? "");
      const definition = definitions.get(name);
      if (!bounds || !definition) continue;
      const takes = (value: number) => "value" in parseConfig(definition, String(value));
      const min = Number(bounds[1]);
      const max = bounds[2] === undefined ? undefined : Number(bounds[2]);
      if (!takes(min) || takes(min - 1) || (max !== undefined && (!takes(max) || takes(max + 1)))) different.push(name);
    }
    expect(different).toEqual([]);
  });

  it("have defaults that they take themselves", () => {
    const refused = [...definitions.values()].filter(
      (definition) => definition.defaultValue !== null && "problem" in parseConfig(definition, definition.defaultValue),
    );
    expect(refused.map(({ name }) => name)).toEqual([]);
  });

  it("say what they are for, or why they have no effect", () => {
    expect([...definitions.values()].filter((definition) => documentation(definition) === "").map(({ name }) => name)).toEqual([]);
  });
});

it("topic and group configs fall back to broker configs that exist, of the same type", () => {
  const wrong: string[] = [];
  for (const { name, type, synonyms } of [...topicConfigs.values(), ...groupConfigs.values()]) {
    for (const synonym of synonyms) {
      const numeric = synonym.factor !== 1;
      const definition = brokerConfigs.get(synonym.name);
      if (!definition || (definition.type !== type && !numeric)) wrong.push(`${name} → ${synonym.name}`);
    }
  }
  expect(wrong).toEqual([]);
});

it("a client metrics subscription has an interval, metrics and a match", () => {
  expect([...clientMetricsConfigs.keys()]).toEqual(["interval.ms", "match", "metrics"]);
});
