// The declarations say what Kafka 4.3.1 says: each field of each message, in each version, and each error.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { apis } from "./apis/index.js";
import type { Api, Message } from "./declaration.js";
import { errorByCode, errors } from "./errors.js";
import { layoutOf, type Member, type StructLayout, type TypeLayout } from "./layout.js";
import { messagesByName, versionsOf } from "./testing/messages.js";
import { includesVersion, versionRange } from "./versions.js";

interface FactField {
  readonly name: string;
  readonly type: string;
  readonly versions?: string;
  readonly nullableVersions?: string;
  readonly taggedVersions?: string;
  readonly tag?: number;
  readonly default?: string | number | boolean | null;
  readonly ignorable?: boolean;
  readonly flexibleVersions?: string;
  readonly fields?: readonly FactField[];
}

interface Fact {
  readonly name: string;
  readonly type: string;
  readonly apiKey?: number;
  readonly validVersions: string;
  readonly flexibleVersions: string;
  readonly latestVersionUnstable?: boolean;
  readonly fields: readonly FactField[];
  readonly commonStructs?: readonly { readonly name: string; readonly fields: readonly FactField[] }[];
}

const testdata = (name: string) => JSON.parse(readFileSync(new URL(`../testdata/${name}`, import.meta.url), "utf8"));
const facts: readonly Fact[] = testdata("kafka-4.3.1-messages.json");

const included = (range: string | undefined, version: number) =>
  range !== undefined && range !== "none" && includesVersion(versionRange(range), version);

/** A struct in one version as plain data, from the facts. */
function factStruct(fact: Fact, fields: readonly FactField[], version: number): unknown[] {
  return fields.map((field) => factMember(fact, field, version));
}

function factMember(fact: Fact, field: FactField, version: number): unknown {
  const name = field.name[0]?.toLowerCase() + field.name.slice(1);
  const present = included(field.versions ?? field.taggedVersions, version);
  if (!present) return { name, absent: true, droppable: field.ignorable ?? false };
  const nullable = included(field.nullableVersions, version);
  return {
    name,
    tag: included(field.taggedVersions, version) ? (field.tag ?? -1) : -1,
    nullable,
    fallback: factFallback(field, nullable),
    type: factType(fact, field, field.type, version),
  };
}

function factType(fact: Fact, field: FactField, type: string, version: number): unknown {
  if (type.startsWith("[]")) return [factType(fact, field, type.slice(2), version)];
  if (!/^[A-Z]/.test(type)) return type;
  const fields = field.fields ?? fact.commonStructs?.find(({ name }) => name === type)?.fields ?? [];
  return { struct: factStruct(fact, fields, version) };
}

/** A nullable field without a default is null with us where it is left out. Kafka says empty, which shows on the wire in tagged fields alone. */
function factFallback({ type, default: given, tag }: FactField, nullable: boolean): unknown {
  if (given === "null" || (nullable && tag === undefined && (given === undefined || given === null))) return null;
  if (/^(\[\]|[A-Z]|bytes|records)/.test(type)) return "empty";
  if (type === "string") return given ?? "";
  if (type === "uuid") return "AAAAAAAAAAAAAAAAAAAAAA";
  if (type === "bool") return String(given) === "true";
  return BigInt(String(given ?? 0));
}

/** A struct in one version as plain data, from the declaration; fields that no version has are in the facts alone. */
function declaredStruct({ members }: StructLayout): unknown[] {
  return members.map(declaredMember);
}

function declaredMember({ name, presence, droppable, tag, nullable, fallback, type }: Member): unknown {
  if (presence === "absent") return { name, absent: true, droppable };
  const plain = typeof fallback === "number" ? BigInt(fallback) : fallback === undefined ? "empty" : fallback;
  return { name, tag: presence === "tagged" ? tag : -1, nullable, fallback: plain, type: declaredType(type) };
}

function declaredType(type: TypeLayout): unknown {
  if (type.kind === "array") return [declaredType(type.element)];
  if (type.kind === "struct") return { struct: declaredStruct(type.struct) };
  return type.kind === "bigint64" || type.kind === "clampedInt64" ? "int64" : type.kind;
}

/** Takes out what lies in no version of the message at all. */
function reachable(fact: Fact, fields: readonly FactField[], within: readonly number[]): FactField[] {
  return fields.flatMap((field) => {
    const versions = within.filter((version) => included(field.versions ?? field.taggedVersions, version));
    if (versions.length === 0) return [];
    return [field.fields ? { ...field, fields: reachable(fact, field.fields, versions) } : field];
  });
}

describe("every message of Kafka 4.3.1", () => {
  it.each(facts.map((fact) => [fact.name, fact] as const))("%s is declared as it is", (_, fact) => {
    const message = messagesByName.get(fact.name);
    expect(message, "declared").toBeDefined();
    if (!message) return;
    expect(message.versions).toEqual(versionRange(fact.validVersions));
    const fields = reachable(fact, fact.fields, versionsOf(message));
    const strict: Message = { ...message, cutToVersion: false };
    for (const version of versionsOf(message)) {
      const layout = layoutOf(strict, version);
      expect(layout.flexible, `v${version} flexible`).toBe(included(fact.flexibleVersions, version));
      expect(declaredStruct(layout), `v${version}`).toEqual(factStruct(fact, fields, version));
    }
  });

  it("has no declaration that Kafka does not have", () => {
    expect([...messagesByName.keys()].sort()).toEqual(facts.map(({ name }) => name).sort());
  });
});

describe("every API", () => {
  it("has its key, and its unstable version is not offered", () => {
    const requests = facts.filter(({ type }) => type === "request");
    const expected = requests.map(({ name, apiKey, validVersions, latestVersionUnstable }) => {
      const { min, max } = versionRange(validVersions);
      return { name, key: apiKey, stable: { min, max: latestVersionUnstable ? max - 1 : max } };
    });
    const declared = Object.values<Api>(apis).map(({ key, request, stableVersions }) => ({
      name: request.name,
      key,
      stable: stableVersions,
    }));
    expect(declared).toEqual(expected.sort((one, other) => (one.key ?? 0) - (other.key ?? 0)));
  });

  it("names the kinds of records by their keys' numbers", () => {
    const keys = facts.filter(({ type }) => type === "coordinator-key");
    expect(keys.map(({ name }) => [name, messagesByName.get(name)?.recordType])).toEqual(keys.map(({ name, apiKey }) => [name, apiKey]));
  });

  it("leaves one field in its old form in flexible versions: the client id", () => {
    const fieldsIn = ({ fields = [] }: { readonly fields?: readonly FactField[] }): FactField[] =>
      fields.flatMap((field) => [field, ...fieldsIn(field)]);
    const legacy = facts.flatMap((fact) => fieldsIn(fact).filter(({ flexibleVersions }) => flexibleVersions === "none"));
    expect(legacy.map(({ name }) => name)).toEqual(["ClientId"]);
    expect(messagesByName.get("RequestHeader")?.fields.clientId?.neverCompact).toBe(true);
  });
});

describe("the error table", () => {
  const expected: readonly { readonly code: number; readonly name: string }[] = testdata("kafka-4.3.1-errors.json");

  it("has every code with what a client may do about it", () => {
    const table = Object.values(errors).map(({ message: _, ...rest }) => rest);
    expect(table).toEqual(expected.map((entry) => expect.objectContaining(entry)));
    expect(table).toHaveLength(expected.length);
  });

  it("finds entries by code, and falls back on the unknown error", () => {
    expect(expected.map(({ code }) => errorByCode(code).name)).toEqual(expected.map(({ name }) => name));
    expect(errorByCode(9999)).toBe(errors.UNKNOWN_SERVER_ERROR);
  });
});
