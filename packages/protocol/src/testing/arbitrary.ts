// Random values of a message in a version, made from its layout.
import { uuidText } from "@moldau/std";
import fc from "fast-check";
import type { Member, StructLayout, TypeLayout } from "../layout.js";

const MOST_ELEMENTS = 3;

/** Values that encode: every field of the version is there, unless `sparse`, where any may be left out. */
export function arbitraryValue(layout: StructLayout, sparse: boolean): fc.Arbitrary<Record<string, unknown>> {
  const present = layout.members.filter(({ presence }) => presence !== "absent");
  const fields = Object.fromEntries(present.map((member) => [member.name, arbitraryMember(member, sparse)]));
  return sparse ? fc.record(fields, { requiredKeys: [], noNullPrototype: true }) : fc.record(fields, { noNullPrototype: true });
}

function arbitraryMember({ type, nullable }: Member, sparse: boolean): fc.Arbitrary<unknown> {
  const present = arbitraryOf(type, sparse);
  return nullable ? fc.option(present, { nil: null, freq: 4 }) : present;
}

function arbitraryOf(type: TypeLayout, sparse: boolean): fc.Arbitrary<unknown> {
  switch (type.kind) {
    case "struct":
      return arbitraryValue(type.struct, sparse);
    case "array":
      return fc.array(arbitraryOf(type.element, sparse), { maxLength: MOST_ELEMENTS });
    case "bool":
      return fc.boolean();
    case "int8":
      return fc.integer({ min: -0x80, max: 0x7f });
    case "int16":
      return fc.integer({ min: -0x8000, max: 0x7fff });
    case "uint16":
      return fc.integer({ min: 0, max: 0xffff });
    case "int32":
      return fc.integer();
    case "uint32":
      return fc.integer({ min: 0, max: 0xffff_ffff });
    case "int64":
    case "clampedInt64":
      return fc.oneof(fc.maxSafeInteger(), fc.integer());
    case "bigint64":
      return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    case "float64":
      return fc.double({ noNaN: true });
    case "uuid":
      return fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => uuidText(bytes));
    case "string":
      return fc.oneof(fc.string({ maxLength: 12 }), fc.string({ unit: "grapheme", maxLength: 6 }), longText);
    case "bytes":
      return arbitraryBytes;
    case "records":
      return fc.oneof(arbitraryBytes, fc.array(arbitraryBytes, { minLength: 1, maxLength: 3 }));
  }
}

const arbitraryBytes = fc.uint8Array({ maxLength: 24 });
/** Long enough for lengths of two bytes, in both kinds of characters. */
const longText = fc
  .tuple(fc.constantFrom("a", "ß", "雨"), fc.integer({ min: 38, max: 140 }))
  .map(([character, times]) => character.repeat(times));
