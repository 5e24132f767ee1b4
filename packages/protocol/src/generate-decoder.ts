// Decoders as generated source: one function per message and version, nested structs and loops inlined.
//
// In the source, `b` is the frame, `v` a DataView of it, `end` its length, `p` the position, `c` the cursor. It says only
// that something is wrong, by fail() or by the RangeError of a DataView; the interpreter then says what. Reading a byte
// after the end gives undefined, which becomes NaN, so limits are written such that NaN fails them.
import type { Decoder } from "./codec.js";
import type { ScalarKind } from "./field.js";
import { LEAST_INT64, MOST_INT64, SCALAR_BYTES } from "./field.js";
import type { Member, StructLayout, TypeLayout } from "./layout.js";
import { sliceOf } from "./slice.js";
import { createSource, type Source } from "./source.js";
import { LONGEST_STRING, textAt } from "./text.js";
import { uuidTextAt } from "./uuid-text.js";

/** Arrays said to be longer than this grow as elements arrive: a frame that lies must not cost memory. */
const PREALLOCATED_ELEMENTS = 1024;

/** Compiles a decoder. */
export function generateDecoder(layout: StructLayout): Decoder {
  const compile = new Function("fail", "varint", "text", "uuid", "slice", "NO_BYTES", `"use strict";\n${decoderSource(layout)}`);
  return compile(fail, varint, textAt, uuidTextAt, sliceOf, new Uint8Array(0));
}

/** The source of a function that returns the decoder, given what it calls. */
export function decoderSource(layout: StructLayout): string {
  const source = createSource();
  const value = structSource(source, layout);
  source.settle();
  return `return (b, v, c) => {\nconst end = b.length;\nlet p = c.position;\n${source.text()}\nc.position = p;\nreturn ${value};\n};`;
}

function fail(): never {
  throw new RangeError("malformed");
}

/** Reads a varint that may take more than one byte, and leaves the cursor after it. */
function varint(bytes: Buffer, start: number, cursor: { position: number }): number {
  let value = 0;
  for (let index = 0; index < 5; index++) {
    const byte = bytes[start + index];
    if (byte === undefined) return fail();
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) {
      cursor.position = start + index + 1;
      return value;
    }
  }
  return fail();
}

/** Emits the reading of a struct; gives the expression of its value. */
function structSource(source: Source, layout: StructLayout): string {
  const values = new Map<Member, string>();
  for (const member of layout.inline) values.set(member, valueSource(source, member.type, member.nullable));
  for (const member of layout.tagged) {
    const name = source.name("t");
    source.add(`let ${name} = ${fallbackSource(member)};`);
    values.set(member, name);
  }
  if (layout.flexible) taggedSource(source, layout.tagged, values);
  const pairs = layout.members.map((member) => `${JSON.stringify(member.name)}: ${values.get(member) ?? fallbackSource(member)}`);
  return `{ ${pairs.join(", ")} }`;
}

/** The expression of what a field is that the version lacks, or that was left out. */
function fallbackSource({ type, fallback }: Member): string {
  if (typeof fallback === "bigint") return `${fallback}n`;
  if (fallback !== undefined) return JSON.stringify(fallback);
  if (type.kind === "array") return "[]";
  if (type.kind !== "struct") return "NO_BYTES";
  return `{ ${type.struct.members.map((member) => `${JSON.stringify(member.name)}: ${fallbackSource(member)}`).join(", ")} }`;
}

function taggedSource(source: Source, tagged: readonly Member[], values: ReadonlyMap<Member, string>): void {
  const [left, tag, size, stop] = [source.name("left"), source.name("tag"), source.name("size"), source.name("stop")];
  source.settle();
  source.add("if (b[p] === 0) p++;", "else {");
  varintSource(source, left);
  source.add(`if (!(${left} >= 0)) fail();`, `for (; ${left} > 0; ${left}--) {`);
  varintSource(source, tag);
  varintSource(source, size);
  source.add(`if (!(${size} <= end - p)) fail();`, `const ${stop} = p + ${size};`, `switch (${tag}) {`);
  for (const member of tagged) {
    source.add(`case ${member.tag}: {`);
    const value = valueSource(source, member.type, member.nullable);
    source.settle();
    source.add(`${values.get(member)} = ${value};`, `if (p !== ${stop}) fail();`, "break;", "}");
  }
  source.add(`default: p = ${stop};`, "}", "}", "}");
}

/** Emits `let name = …`: a varint, nearly always of one byte. */
function varintSource(source: Source, name: string): void {
  source.settle();
  source.add(`let ${name} = b[p++];`, `if (${name} > 127) { ${name} = varint(b, p - 1, c); p = c.position; }`);
}

/** Emits the length of a string, bytes or array, negative for null; gives its name. */
function lengthSource(source: Source, compact: boolean, legacyRead: "getInt16" | "getInt32"): string {
  const name = source.name("n");
  if (compact) {
    varintSource(source, name);
    source.add(`${name}--;`);
  } else {
    source.add(`const ${name} = v.${legacyRead}(${source.at(legacyRead === "getInt16" ? 2 : 4)});`);
    source.settle();
  }
  return name;
}

/** Emits the reading of a value; gives its expression, which is a name unless it is a struct's literal. */
function valueSource(source: Source, type: TypeLayout, nullable: boolean): string {
  switch (type.kind) {
    case "struct":
      return nullable ? nullableStructSource(source, type) : structSource(source, type.struct);
    case "array":
      return arraySource(source, type, nullable);
    case "string":
      return sizedSource(
        source,
        lengthSource(source, type.compact, "getInt16"),
        nullable,
        (length) => `text(b, p, p + ${length})`,
        LONGEST_STRING,
      );
    case "bytes":
    case "records":
      return sizedSource(source, lengthSource(source, type.compact, "getInt32"), nullable, (length) => `slice(b, p, ${length})`);
    default:
      return scalarSource(source, type.kind);
  }
}

function nullableStructSource(source: Source, { struct, nullMark }: TypeLayout & { readonly kind: "struct" }): string {
  const name = source.name("s");
  source.add(`let ${name} = null;`);
  const flag = source.name("has");
  source.add(`const ${flag} = v.getInt8(${source.at(1)}) > ${nullMark};`);
  source.settle();
  source.add(`if (${flag}) {`);
  const value = structSource(source, struct);
  source.settle();
  source.add(`${name} = ${value};`, "}");
  return name;
}

/** Emits the reading of `length` bytes as what `read` makes of them. */
function sizedSource(source: Source, length: string, nullable: boolean, read: (length: string) => string, longest?: number): string {
  const name = source.name("x");
  const limit = longest === undefined ? "" : ` || ${length} > ${longest}`;
  source.add(`let ${name} = null;`);
  source.add(nullable ? `if (!(${length} < 0)) {` : "{");
  source.add(`if (!(${length} >= 0 && ${length} <= end - p)${limit}) fail();`, `${name} = ${read(length)};`, `p += ${length};`, "}");
  return name;
}

function arraySource(source: Source, type: TypeLayout & { readonly kind: "array" }, nullable: boolean): string {
  const length = lengthSource(source, type.compact, "getInt32");
  const [name, index] = [source.name("a"), source.name("i")];
  source.add(`let ${name} = null;`);
  source.add(nullable ? `if (!(${length} < 0)) {` : "{");
  source.add(`if (!(${length} >= 0 && ${length} * ${type.elementMinimumBytes} <= end - p)) fail();`);
  source.add(`if ((c.elementsLeft -= ${length}) < 0) fail();`);
  source.add(`${name} = ${length} > ${PREALLOCATED_ELEMENTS} ? [] : new Array(${length});`);
  source.add(`for (let ${index} = 0; ${index} < ${length}; ${index}++) {`);
  const element = valueSource(source, type.element, false);
  source.settle();
  source.add(`${name}[${index}] = ${element};`, "}", "}");
  return name;
}

const READ: Record<Exclude<ScalarKind, "int64" | "clampedInt64" | "uuid">, (at: string) => string> = {
  bool: (at) => `v.getInt8(${at}) !== 0`,
  int8: (at) => `v.getInt8(${at})`,
  int16: (at) => `v.getInt16(${at})`,
  uint16: (at) => `v.getUint16(${at})`,
  int32: (at) => `v.getInt32(${at})`,
  uint32: (at) => `v.getUint32(${at})`,
  bigint64: (at) => `v.getBigInt64(${at})`,
  float64: (at) => `v.getFloat64(${at})`,
};

function scalarSource(source: Source, kind: ScalarKind): string {
  const name = source.name("x");
  if (kind === "int64" || kind === "clampedInt64") {
    const high = source.name("h");
    source.add(`const ${high} = v.getInt32(${source.at(4)});`);
    // 2^53 is 2^21 times 2^32.
    const [tooLow, tooHigh] = [`${high} < ${-(2 ** 21)}`, `${high} >= ${2 ** 21}`];
    source.add(`let ${name} = ${high} * ${2 ** 32} + v.getUint32(${source.at(4)});`);
    if (kind === "int64") source.add(`if (${tooLow} || ${tooHigh}) fail();`);
    else source.add(`if (${tooLow}) ${name} = ${LEAST_INT64}; else if (${tooHigh}) ${name} = ${MOST_INT64};`);
  } else if (kind === "uuid") {
    source.add(`const ${name} = uuid(v, ${source.at(SCALAR_BYTES.uuid)});`);
  } else {
    source.add(`const ${name} = ${READ[kind](source.at(SCALAR_BYTES[kind]))};`);
  }
  return name;
}
