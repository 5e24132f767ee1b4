// Decoding by walking the layout: slow, plain, and exact about what is wrong and where.
//
// It is the reference for generated decoders, explains the frames that they refuse, and serves where code generation is not allowed.
import { UUID_BYTES, uuidText } from "@moldau/std";
import type { Decoder } from "./codec.js";
import { LEAST_INT64, MOST_INT64, type ScalarKind } from "./field.js";
import type { Member, StructLayout, TypeLayout } from "./layout.js";
import { ProtocolError } from "./protocol-error.js";
import { sliceOf } from "./slice.js";
import { LONGEST_STRING, textAt } from "./text.js";
import { fallbackValue } from "./values.js";

interface Reader {
  readonly subject: string;
  readonly bytes: Buffer;
  readonly view: DataView;
  position: number;
  elementsLeft: number;
  readonly path: (string | number)[];
}

/** A decoder for `layout`; `subject` names the message in errors. */
export function interpretDecoder(layout: StructLayout, subject: string): Decoder {
  return (bytes, view, cursor) => {
    const reader: Reader = { subject, bytes, view, position: cursor.position, elementsLeft: cursor.elementsLeft, path: [] };
    const value = readStruct(reader, layout);
    cursor.position = reader.position;
    cursor.elementsLeft = reader.elementsLeft;
    return value;
  };
}

/** "topics[3].name" */
export function pathText(path: readonly (string | number)[]): string {
  return path.map((step, index) => (typeof step === "number" ? `[${step}]` : index === 0 ? step : `.${step}`)).join("");
}

function refuse(reader: Reader, problem: string): never {
  throw new ProtocolError(reader.subject, pathText(reader.path), reader.position, problem);
}

/** Moves past `count` bytes and returns where they start. */
function take(reader: Reader, count: number): number {
  const start = reader.position;
  const left = reader.bytes.length - start;
  if (count > left) refuse(reader, `${count} bytes wanted where ${left} are left`);
  reader.position += count;
  return start;
}

function readVarint(reader: Reader): number {
  let value = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = reader.view.getUint8(take(reader, 1));
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return value;
  }
  return refuse(reader, "a varint of more than 5 bytes");
}

function within<T>(reader: Reader, step: string | number, read: () => T): T {
  reader.path.push(step);
  const value = read();
  reader.path.pop();
  return value;
}

function readStruct(reader: Reader, layout: StructLayout): Record<string, unknown> {
  const found = new Map<string, unknown>();
  for (const member of layout.inline) {
    found.set(
      member.name,
      within(reader, member.name, () => readValue(reader, member.type, member.nullable)),
    );
  }
  if (layout.flexible) readTagged(reader, layout.tagged, found);
  return Object.fromEntries(
    layout.members.map((member) => [member.name, found.has(member.name) ? found.get(member.name) : fallbackValue(member)]),
  );
}

function readTagged(reader: Reader, known: readonly Member[], found: Map<string, unknown>): void {
  for (let left = readVarint(reader); left > 0; left--) {
    const tag = readVarint(reader);
    const size = readVarint(reader);
    const end = take(reader, size) + size;
    const member = known.find((candidate) => candidate.tag === tag);
    if (!member) continue;
    reader.position = end - size;
    within(reader, member.name, () => {
      found.set(member.name, readValue(reader, member.type, member.nullable));
      if (reader.position !== end) refuse(reader, `a tagged field said to have ${size} bytes has ${reader.position - (end - size)}`);
    });
  }
}

function readLength(reader: Reader, compact: boolean, nullable: boolean, legacyBytes: 2 | 4): number {
  const length = compact ? readVarint(reader) - 1 : readLegacyLength(reader, legacyBytes);
  if (length < 0 && !nullable) refuse(reader, `length ${length} where the version does not allow null`);
  return length;
}

function readLegacyLength(reader: Reader, legacyBytes: 2 | 4): number {
  const at = take(reader, legacyBytes);
  return legacyBytes === 2 ? reader.view.getInt16(at) : reader.view.getInt32(at);
}

function readValue(reader: Reader, type: TypeLayout, nullable: boolean): unknown {
  switch (type.kind) {
    case "struct": {
      if (nullable && reader.view.getInt8(take(reader, 1)) <= type.nullMark) return null;
      return readStruct(reader, type.struct);
    }
    case "array":
      return readArray(reader, type, nullable);
    case "string": {
      const length = readLength(reader, type.compact, nullable, 2);
      if (length < 0) return null;
      if (length > LONGEST_STRING) refuse(reader, `a string of ${length} bytes, longer than ${LONGEST_STRING}`);
      const start = take(reader, length);
      return textAt(reader.bytes, start, start + length);
    }
    case "bytes":
    case "records": {
      const length = readLength(reader, type.compact, nullable, 4);
      if (length < 0) return null;
      const start = take(reader, length);
      return sliceOf(reader.bytes, start, length);
    }
    default:
      return readScalar(reader, type.kind);
  }
}

function readArray(reader: Reader, type: TypeLayout & { kind: "array" }, nullable: boolean): unknown[] | null {
  const count = readLength(reader, type.compact, nullable, 4);
  if (count < 0) return null;
  const left = reader.bytes.length - reader.position;
  if (count * type.elementMinimumBytes > left) refuse(reader, `${count} elements cannot lie in the ${left} bytes that are left`);
  reader.elementsLeft -= count;
  if (reader.elementsLeft < 0) refuse(reader, `${count} elements, with which the message has too many in all`);
  const elements: unknown[] = [];
  for (let index = 0; index < count; index++) elements.push(within(reader, index, () => readValue(reader, type.element, false)));
  return elements;
}

function readScalar(reader: Reader, kind: ScalarKind): unknown {
  const { view } = reader;
  switch (kind) {
    case "bool":
      return view.getInt8(take(reader, 1)) !== 0;
    case "int8":
      return view.getInt8(take(reader, 1));
    case "int16":
      return view.getInt16(take(reader, 2));
    case "uint16":
      return view.getUint16(take(reader, 2));
    case "int32":
      return view.getInt32(take(reader, 4));
    case "uint32":
      return view.getUint32(take(reader, 4));
    case "bigint64":
      return view.getBigInt64(take(reader, 8));
    case "float64":
      return view.getFloat64(take(reader, 8));
    case "uuid":
      return uuidText(reader.bytes, take(reader, UUID_BYTES));
    case "int64": {
      const value = view.getBigInt64(take(reader, 8));
      if (value < LEAST_INT64 || value > MOST_INT64) refuse(reader, `the number ${value} is beyond 2^53`);
      return Number(value);
    }
    case "clampedInt64":
      return Math.max(LEAST_INT64, Math.min(Number(view.getBigInt64(take(reader, 8))), MOST_INT64));
  }
}
