// Every message in every version: what is encoded decodes to the same, by both codecs, which agree to the byte.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Codec, interpretingCodec } from "./codec.js";
import { decoderSource, generateDecoder } from "./generate-decoder.js";
import { encoderSource, generateEncoder } from "./generate-encoder.js";
import { layoutOf, type Member, type StructLayout, type TypeLayout } from "./layout.js";
import { arbitraryValue } from "./testing/arbitrary.js";
import { comparable } from "./testing/comparable.js";
import { everyVersion } from "./testing/messages.js";
import { fallbackValue } from "./values.js";
import { createWriter, takeParts } from "./writer.js";

const RUNS = 4;

/** What decoding gives for a value: every field, with its fallback where it was left out, and records in one piece. */
function complete(layout: StructLayout, value: Readonly<Record<string, unknown>>): unknown {
  return Object.fromEntries(layout.members.map((member) => [member.name, completeMember(member, value[member.name])]));
}

function completeMember(member: Member, value: unknown): unknown {
  return value === undefined ? comparable(fallbackValue(member)) : completeValue(member.type, value);
}

function completeValue(type: TypeLayout, value: unknown): unknown {
  if (value === null) return null;
  if (type.kind === "struct") return complete(type.struct, value as Record<string, unknown>);
  if (type.kind === "array") return (value as unknown[]).map((element) => completeValue(type.element, element));
  if (type.kind === "records") return comparable(value instanceof Uint8Array ? value : Buffer.concat(value as Uint8Array[]));
  return comparable(value);
}

/** The generated codec without the reference behind it. */
const rawCodec = (layout: StructLayout): Codec => ({ decode: generateDecoder(layout), encode: generateEncoder(layout) });

function encoded({ encode }: Codec, value: unknown): Buffer {
  const writer = createWriter();
  encode(value, writer);
  return Buffer.concat(takeParts(writer));
}

function decoded({ decode }: Codec, bytes: Buffer): { readonly value: unknown; readonly end: number } {
  const cursor = { position: 0, elementsLeft: Number.POSITIVE_INFINITY };
  const value = decode(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.length), cursor);
  return { value: comparable(value), end: cursor.position };
}

describe("every message in every version", () => {
  it.each([true, false])("comes back as it went, with fields left out: %s", (sparse) => {
    for (const [message, version] of everyVersion) {
      const subject = `${message.name} v${version}`;
      const layout = layoutOf(message, version);
      const [generated, reference] = [rawCodec(layout), interpretingCodec(layout, subject)];
      const property = fc.property(arbitraryValue(layout, sparse), (value) => {
        const bytes = encoded(generated, value);
        expect(bytes, `${subject}: both encoders`).toEqual(encoded(reference, value));
        const expected = { value: complete(layout, value), end: bytes.length };
        expect(decoded(generated, bytes), subject).toEqual(expected);
        expect(decoded(reference, bytes), subject).toEqual(expected);
      });
      fc.assert(property, { numRuns: RUNS });
    }
  });

  it("has its fields in the declared order, whatever the version", () => {
    for (const [message, version] of everyVersion) {
      const codec = rawCodec(layoutOf(message, version));
      const bytes = encoded(codec, {});
      const value = codec.decode(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.length), {
        position: 0,
        elementsLeft: Number.POSITIVE_INFINITY,
      });
      expect(Object.keys(value as object)).toEqual(Object.keys(message.fields));
    }
  });

  it("stays within the size of functions that V8 optimizes", () => {
    const largest = everyVersion.map(([message, version]) => {
      const layout = layoutOf(message, version);
      return Math.max(decoderSource(layout).length, encoderSource(layout).text.length);
    });
    expect(Math.max(...largest)).toBeLessThan(60_000);
  });
});
