// Every message in every version as Kafka itself encodes it (scripts/record-messages.mjs): we read from the bytes what it
// was told to put there, and write the same bytes.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { decodeMessage, encodeMessage } from "./encoding.js";
import { layoutOf, type Member, type StructLayout, type TypeLayout } from "./layout.js";
import { comparable } from "./testing/comparable.js";
import { everyVersion, messagesByName } from "./testing/messages.js";
import { fallbackValue } from "./values.js";

const lines = readFileSync(new URL("../testdata/kafka-4.3.1-encoded.txt", import.meta.url), "utf8")
  .trimEnd()
  .split("\n");
const samples = lines.map((line) => {
  const [, name = "", version = "", base64 = "", json = ""] = /^(\S+) (\S+) (\S+) (.*)$/.exec(line) ?? [];
  return {
    name,
    version: Number(version),
    bytes: base64 === "-" ? Buffer.alloc(0) : Buffer.from(base64, "base64"),
    json: JSON.parse(json),
  };
});

type Json = { readonly [name: string]: unknown };

/** The JSON that Kafka was given as decoding should give it: without what the version lacks. */
function fromJson(layout: StructLayout, json: Json): unknown {
  return Object.fromEntries(layout.members.map((member) => [member.name, memberFromJson(member, json[member.name])]));
}

function memberFromJson(member: Member, json: unknown): unknown {
  return json === undefined ? comparable(fallbackValue(member)) : valueFromJson(member.type, json);
}

function valueFromJson(type: TypeLayout, json: unknown): unknown {
  if (json === null) return null;
  if (type.kind === "struct") return fromJson(type.struct, json as Json);
  if (type.kind === "array") return (json as unknown[]).map((element) => valueFromJson(type.element, element));
  if (type.kind === "bytes" || type.kind === "records") return comparable(Buffer.from(json as string, "base64"));
  // JSON.parse has rounded it; that no bit is lost shows when it is encoded again.
  if (type.kind === "bigint64") return BigInt(json as number);
  return json;
}

const rounded = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, inner) => (typeof inner === "bigint" ? Number(inner) : Object.is(inner, -0) ? "-0" : inner)));

describe("Kafka's own encoding", () => {
  it("covers every message in every version", () => {
    const known = everyVersion.map(([message, version]) => `${message.name} v${version}`);
    expect(new Set(samples.map(({ name, version }) => `${name} v${version}`))).toEqual(new Set(known));
  });

  it.each([...messagesByName.values()].map((message) => [message.name, message] as const))("%s", (name, message) => {
    for (const { version, bytes, json } of samples.filter((sample) => sample.name === name)) {
      const value = decodeMessage(message, version, bytes);
      expect(rounded(comparable(value)), `v${version}`).toEqual(rounded(fromJson(layoutOf(message, version), json)));
      const again = Buffer.concat(encodeMessage(message, version, value));
      expect(again.toString("hex"), `v${version}`).toBe(bytes.toString("hex"));
    }
  });
});
