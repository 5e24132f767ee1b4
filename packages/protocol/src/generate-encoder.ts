// Encoders as generated source: one function per message and version, nested structs and loops inlined.
//
// In the source, `w` is the writer, `b` its buffer, `v` a DataView of it, `limit` its size, `p` the position. Room is made
// once for every run of fields of fixed size. It says only that a value has no form, by fail(); the interpreter then says which.
import type { Encoder } from "./codec.js";
import { LEAST_INT64, MOST_INT64, SCALAR_BYTES, type ScalarKind } from "./field.js";
import type { Member, StructLayout, TypeLayout } from "./layout.js";
import { createSource, type Source } from "./source.js";
import { LONGEST_STRING, putText, textBytes } from "./text.js";
import { putUuid } from "./uuid-text.js";
import { isFallback } from "./values.js";
import { closeTagged, ensureRoom, putVarint, recordsBytes, reference } from "./writer.js";

/** No varint of 32 bits takes more. */
const VARINT_BYTES = 5;

const RUNTIME = {
  fail,
  putVarint,
  putText,
  putCompactText,
  putLegacyText,
  putUuid,
  ensureRoom,
  closeTagged,
  recordsBytes,
  reference,
  isFallback,
};

/** Compiles an encoder. */
export function generateEncoder(layout: StructLayout): Encoder {
  const { text, members } = encoderSource(layout);
  const names = [...Object.keys(RUNTIME), "members", "NO_ELEMENTS", "NO_FIELDS", "NO_BYTES"];
  const compile = new Function(...names, `"use strict";\n${text}`);
  return compile(...Object.values(RUNTIME), members, [], {}, new Uint8Array(0));
}

function fail(): never {
  throw new RangeError("no such form");
}

/** Writes a string with a compact length. There must be room for five bytes and three a character. */
function putCompactText(bytes: Buffer, position: number, text: string): number {
  // Where the length takes one byte whatever the characters are, they can be written before it is known.
  if (text.length <= 42) {
    const end = putText(bytes, position + 1, text);
    bytes[position] = end - position;
    return end;
  }
  const length = textBytes(text);
  if (length > LONGEST_STRING) return fail();
  return putText(bytes, putVarint(bytes, position, length + 1), text);
}

/** Writes a string with a length of two bytes. There must be room for them and three a character. */
function putLegacyText(bytes: Buffer, position: number, text: string): number {
  const end = putText(bytes, position + 2, text);
  const length = end - position - 2;
  if (length > LONGEST_STRING) return fail();
  bytes[position] = length >>> 8;
  bytes[position + 1] = length & 0xff;
  return end;
}

interface Encoding extends Source {
  /** The name of a member for isFallback(). */
  member(member: Member): string;
}

/** The source of a function that returns the encoder, and the members it refers to. */
export function encoderSource(layout: StructLayout): { readonly text: string; readonly members: readonly Member[] } {
  const members: Member[] = [];
  const source: Encoding = { ...createSource(), member: (member) => `members[${members.push(member) - 1}]` };
  structSource(source, layout, "value");
  source.settle();
  const text = `return (value, w) => {\nlet b = w.bytes, v = w.view, limit = b.length, p = w.position;\n${source.text()}\nw.position = p;\n};`;
  return { text, members };
}

/** Emits the making of room for `bytes`, a number or an expression. */
function roomSource(source: Source, bytes: number | string): void {
  source.settle();
  source.add(`if (p + ${bytes} > limit) { ensureRoom(w, p, ${bytes}); b = w.bytes; v = w.view; limit = b.length; }`);
}

const isScalar = (type: TypeLayout): type is TypeLayout & { readonly kind: ScalarKind } => type.kind in SCALAR_BYTES;

function structSource(source: Encoding, layout: StructLayout, value: string): void {
  const property = (member: Member) => `${value}[${JSON.stringify(member.name)}]`;
  for (const member of layout.members)
    if (member.presence === "absent" && !member.droppable) absentSource(source, member, property(member));
  let room = 0;
  layout.inline.forEach((member, index) => {
    if (room === 0) {
      room = fixedRun(layout.inline, index);
      if (room > 0) roomSource(source, room);
    }
    room -= isScalar(member.type) ? SCALAR_BYTES[member.type.kind] : 0;
    const name = source.name("x");
    source.add(`let ${name} = ${property(member)};`, `if (${name} === undefined) ${name} = ${fallbackSource(member)};`);
    valueSource(source, member.type, member.nullable, name);
  });
  if (layout.flexible) taggedSource(source, layout.tagged, property);
}

/** Bytes that the fields from `start` on take, up to the first without fixed size. */
function fixedRun(members: readonly Member[], start: number): number {
  let bytes = 0;
  for (const { type } of members.slice(start)) {
    if (!isScalar(type)) break;
    bytes += SCALAR_BYTES[type.kind];
  }
  return bytes;
}

/** The expression of what is written for a field left out. */
function fallbackSource({ type, fallback }: Member): string {
  if (typeof fallback === "bigint") return `${fallback}n`;
  if (fallback !== undefined) return JSON.stringify(fallback);
  return type.kind === "array" ? "NO_ELEMENTS" : type.kind === "struct" ? "NO_FIELDS" : "NO_BYTES";
}

/** The expression that tells whether a value must be written, or cannot be: it is not what leaving it out means. */
function givenSource(source: Encoding, member: Member, name: string): string {
  const compares = isScalar(member.type) || member.type.kind === "string" || member.fallback === null;
  const differs = compares ? `${name} !== ${fallbackSource(member)}` : `!isFallback(${source.member(member)}, ${name})`;
  return `${name} !== undefined && ${differs}`;
}

function absentSource(source: Encoding, member: Member, property: string): void {
  const name = source.name("x");
  source.add(`const ${name} = ${property};`, `if (${givenSource(source, member, name)}) fail();`);
}

function taggedSource(source: Encoding, tagged: readonly Member[], property: (member: Member) => string): void {
  if (tagged.length === 0) {
    roomSource(source, 1);
    source.add(`b[${source.at(1)}] = 0;`);
    return;
  }
  const count = source.name("count");
  source.settle();
  source.add(`let ${count} = 0;`);
  const given = tagged.map((member) => {
    const [name, has] = [source.name("x"), source.name("has")];
    source.add(`const ${name} = ${property(member)};`, `const ${has} = ${givenSource(source, member, name)};`, `if (${has}) ${count}++;`);
    return { member, name, has };
  });
  roomSource(source, 1);
  source.add(`b[p++] = ${count};`);
  for (const { member, name, has } of given) {
    const start = source.name("start");
    source.add(`if (${has}) {`);
    roomSource(source, VARINT_BYTES + 1);
    source.add(`p = putVarint(b, p, ${member.tag});`, `const ${start} = p++;`);
    if (isScalar(member.type)) roomSource(source, SCALAR_BYTES[member.type.kind]);
    valueSource(source, member.type, member.nullable, name);
    source.settle();
    source.add(`p = closeTagged(w, ${start}, p);`, "b = w.bytes; v = w.view; limit = b.length;", "}");
  }
}

/** Emits the writing of the value called `name`. Room for scalars has been made. */
function valueSource(source: Encoding, type: TypeLayout, nullable: boolean, name: string): void {
  if (isScalar(type)) {
    source.add(WRITE[type.kind](name, source.at(SCALAR_BYTES[type.kind])));
  } else if (nullable) {
    roomSource(source, 4);
    source.add(`if (${name} === null) {`, nullSource(type), "} else {");
    presentSource(source, type, name, true);
    source.settle();
    source.add("}");
  } else {
    presentSource(source, type, name, false);
  }
}

function nullSource(type: TypeLayout): string {
  if (type.kind === "struct") return `v.setInt8(p++, ${type.nullMark});`;
  if ("compact" in type && type.compact) return "b[p++] = 0;";
  return type.kind === "string" ? "v.setInt16(p, -1); p += 2;" : "v.setInt32(p, -1); p += 4;";
}

function presentSource(source: Encoding, type: TypeLayout, name: string, nullable: boolean): void {
  switch (type.kind) {
    case "struct":
      if (nullable) source.add("b[p++] = 1;");
      structSource(source, type.struct, name);
      break;
    case "array":
      arraySource(source, type, name);
      break;
    case "string":
      roomSource(source, `${name}.length * 3 + ${VARINT_BYTES}`);
      source.add(`p = ${type.compact ? "putCompactText" : "putLegacyText"}(b, p, ${name});`);
      break;
    case "bytes":
      roomSource(source, `${name}.length + ${VARINT_BYTES}`);
      lengthSource(source, type.compact, `${name}.length`);
      source.add(`b.set(${name}, p);`, `p += ${name}.length;`);
      break;
    case "records": {
      const length = source.name("n");
      source.add(`const ${length} = recordsBytes(${name});`);
      roomSource(source, VARINT_BYTES);
      lengthSource(source, type.compact, length);
      source.add(`reference(w, p, ${name}, ${length});`);
    }
  }
}

/** Emits the length of an array or of bytes, for which there is room. */
function lengthSource(source: Source, compact: boolean, length: string): void {
  if (compact) source.add(`p = putVarint(b, p, ${length} + 1);`);
  else source.add(`v.setInt32(p, ${length});`, "p += 4;");
}

function arraySource(source: Encoding, type: TypeLayout & { readonly kind: "array" }, name: string): void {
  const [index, element] = [source.name("i"), source.name("e")];
  const { element: elementType } = type;
  const room = isScalar(elementType) ? `${name}.length * ${SCALAR_BYTES[elementType.kind]} + ${VARINT_BYTES}` : VARINT_BYTES;
  source.add(`if (!Array.isArray(${name})) fail();`);
  roomSource(source, room);
  lengthSource(source, type.compact, `${name}.length`);
  source.add(`for (let ${index} = 0; ${index} < ${name}.length; ${index}++) {`, `const ${element} = ${name}[${index}];`);
  valueSource(source, elementType, false, element);
  source.settle();
  source.add("}");
}

/** How a scalar is written at `at`, and when its value is refused. */
const WRITE: Record<ScalarKind, (x: string, at: string) => string> = {
  bool: (x, at) => `if (${x} !== true && ${x} !== false) fail(); b[${at}] = ${x} ? 1 : 0;`,
  int8: (x, at) => `if (${x} !== ${x} << 24 >> 24) fail(); v.setInt8(${at}, ${x});`,
  int16: (x, at) => `if (${x} !== ${x} << 16 >> 16) fail(); v.setInt16(${at}, ${x});`,
  uint16: (x, at) => `if (${x} !== (${x} & 0xffff)) fail(); v.setUint16(${at}, ${x});`,
  int32: (x, at) => `if (${x} !== (${x} | 0)) fail(); v.setInt32(${at}, ${x});`,
  uint32: (x, at) => `if (${x} !== ${x} >>> 0) fail(); v.setUint32(${at}, ${x});`,
  int64: writeInt64,
  clampedInt64: writeInt64,
  bigint64: (x, at) => `if (typeof ${x} !== "bigint" || BigInt.asIntN(64, ${x}) !== ${x}) fail(); v.setBigInt64(${at}, ${x});`,
  float64: (x, at) => `if (typeof ${x} !== "number") fail(); v.setFloat64(${at}, ${x});`,
  uuid: (x, at) => `if (!putUuid(b, ${at}, ${x})) fail();`,
};

/** >>> takes a number modulo 2^32, negative ones too. */
function writeInt64(x: string, at: string): string {
  const refusal = `if (!Number.isInteger(${x}) || ${x} < ${LEAST_INT64} || ${x} > ${MOST_INT64}) fail();`;
  return `${refusal} v.setInt32(${at}, Math.floor(${x} / ${2 ** 32})); v.setUint32(${at} + 4, ${x} >>> 0);`;
}
