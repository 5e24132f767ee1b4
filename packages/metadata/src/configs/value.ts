// Configuration values: text as stored and sent, and what the text means.
import { unreachable } from "@moldau/std";
import type { ConfigDefinition, ConfigType } from "./definition.js";

/** Longs beyond 2^53 are rounded: such values mean "without bound". */
export type ConfigValue = boolean | number | string | readonly string[];

export type ParsedConfig = { readonly value: ConfigValue } | { readonly problem: string };

/** Reads and checks a value's text, or says what is wrong with it, as a sentence. */
export function parseConfig(definition: ConfigDefinition, text: string): ParsedConfig {
  const value = parse(definition.type, text);
  const shown = definition.type === "password" ? "[hidden]" : JSON.stringify(text);
  if (value === undefined) return { problem: `Invalid value ${shown} for ${definition.name}: it must be ${TYPE_TEXT[definition.type]}.` };
  const problem = definition.valid?.problem(value);
  return problem === undefined ? { value } : { problem: `Invalid value ${shown} for ${definition.name}: ${problem}.` };
}

/** A value's text in the one form it is described in. */
export function canonicalText(type: ConfigType, text: string): string {
  if (type === "list") return listItems(text).join(",");
  if (type === "boolean") return text.trim().toLowerCase();
  return type === "password" ? text : text.trim();
}

/** The items of a list's text, trimmed; an empty text is an empty list. */
export function listItems(text: string): string[] {
  return text.trim() === "" ? [] : text.split(",").map((item) => item.trim());
}

const TYPE_TEXT: Readonly<Record<ConfigType, string>> = {
  boolean: "true or false",
  string: "text",
  int: "a whole number of 32 bits",
  short: "a whole number of 16 bits",
  long: "a whole number of 64 bits",
  double: "a number",
  list: "a list",
  class: "the name of a class",
  password: "text",
};

function parse(type: ConfigType, text: string): ConfigValue | undefined {
  switch (type) {
    case "boolean":
      return parseBoolean(text.trim().toLowerCase());
    case "int":
      return parseInteger(text.trim(), 32);
    case "short":
      return parseInteger(text.trim(), 16);
    case "long":
      return parseInteger(text.trim(), 64);
    case "double":
      return parseDouble(text.trim());
    case "list":
      return listItems(text);
    case "string":
    case "class":
      return text.trim();
    case "password":
      return text;
    default:
      return unreachable(type);
  }
}

const parseBoolean = (text: string): boolean | undefined => (text === "true" ? true : text === "false" ? false : undefined);

function parseInteger(text: string, bits: number): number | undefined {
  if (!/^[+-]?\d{1,19}$/.test(text)) return undefined;
  const value = BigInt(text.replace("+", ""));
  return BigInt.asIntN(bits, value) === value ? Number(value) : undefined;
}

const parseDouble = (text: string): number | undefined => (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined);
