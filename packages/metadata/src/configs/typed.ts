// Reading typed values out of layers. Everything was validated when it was set, so what cannot be read is a broken invariant.
import { assert } from "@moldau/std";
import type { ConfigDefinition } from "./definition.js";
import type { ConfigDefinitions } from "./definitions.js";
import { type ConfigLayer, textInUnit } from "./layers.js";
import { type ConfigValue, parseConfig } from "./value.js";

export interface TypedReader {
  number(name: string): number;
  boolean(name: string): boolean;
  text(name: string): string;
  /** Empty where there is no value. */
  list(name: string): readonly string[];
}

export function typedReader(
  definitions: ConfigDefinitions,
  layersOf: (definition: ConfigDefinition) => readonly ConfigLayer[],
): TypedReader {
  const read = (name: string): ConfigValue | undefined => {
    const definition = definitions.get(name);
    assert(definition, `there is no config ${name}`);
    const [layer] = layersOf(definition);
    if (!layer) return undefined;
    const parsed = parseConfig(definition, textInUnit(layer));
    assert("value" in parsed, `${layer.source} ${layer.name}: ${"problem" in parsed ? parsed.problem : ""}`);
    return parsed.value;
  };
  return {
    number(name) {
      const value = read(name);
      assert(typeof value === "number", `${name} is not a number`);
      return value;
    },
    boolean(name) {
      const value = read(name);
      assert(typeof value === "boolean", `${name} is not true or false`);
      return value;
    },
    text(name) {
      const value = read(name);
      assert(typeof value === "string", `${name} is not text`);
      return value;
    },
    list(name) {
      const value = read(name) ?? [];
      assert(Array.isArray(value), `${name} is not a list`);
      return value;
    },
  };
}
