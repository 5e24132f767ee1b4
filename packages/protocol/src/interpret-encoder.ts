// Encoding by walking the layout: the reference for generated encoders, and the one that explains what they refuse.
import { uuidBytes } from "@moldau/std";
import type { Encoder } from "./codec.js";
import { SCALAR_BYTES, type ScalarKind } from "./field.js";
import { pathText } from "./interpret-decoder.js";
import type { Member, StructLayout, TypeLayout } from "./layout.js";
import { ProtocolError } from "./protocol-error.js";
import { LONGEST_STRING, putText, textBytes } from "./text.js";
import { fallbackValue, isFallback, type StructValue } from "./values.js";
import { closeTagged, ensureRoom, putVarint, recordsBytes, reference, type Writer } from "./writer.js";

interface Output {
  readonly subject: string;
  readonly writer: Writer;
  readonly path: (string | number)[];
}

/** An encoder for `layout`; `subject` names the message in errors. */
export function interpretEncoder(layout: StructLayout, subject: string): Encoder {
  return (value, writer) => writeStruct({ subject, writer, path: [] }, layout, value as StructValue);
}

function refuse({ subject, path, writer }: Output, problem: string): never {
  throw new ProtocolError(subject, pathText(path), writer.position, problem);
}

function within(output: Output, step: string | number, write: () => void): void {
  output.path.push(step);
  write();
  output.path.pop();
}

/** Moves past `count` fresh bytes and returns where they start. Asked before the writer's view is: growing replaces it. */
function room(writer: Writer, count: number): number {
  const start = writer.position;
  ensureRoom(writer, start, count);
  writer.position += count;
  return start;
}

function writeInt8(writer: Writer, value: number): void {
  const at = room(writer, 1);
  writer.view.setInt8(at, value);
}

function writeVarint(writer: Writer, value: number): void {
  ensureRoom(writer, writer.position, 5);
  writer.position = putVarint(writer.bytes, writer.position, value);
}

function writeStruct(output: Output, layout: StructLayout, value: StructValue): void {
  if (typeof value !== "object" || value === null) refuse(output, `${String(value)} where an object is wanted`);
  for (const member of layout.members) {
    const given = value[member.name];
    if (member.presence === "inline") within(output, member.name, () => writeMember(output, member, given));
    else if (member.presence === "absent" && !member.droppable && !isFallback(member, given)) {
      within(output, member.name, () => refuse(output, "this version has no such field"));
    }
  }
  if (layout.flexible) writeTagged(output, layout.tagged, value);
}

function writeMember(output: Output, member: Member, given: unknown): void {
  writeValue(output, member.type, member.nullable, given === undefined ? fallbackValue(member) : given);
}

function writeTagged(output: Output, tagged: readonly Member[], value: StructValue): void {
  const { writer } = output;
  const given = tagged.filter((member) => !isFallback(member, value[member.name]));
  writeVarint(writer, given.length);
  for (const member of given) {
    writeVarint(writer, member.tag);
    const start = room(writer, 1);
    within(output, member.name, () => writeMember(output, member, value[member.name]));
    writer.position = closeTagged(writer, start, writer.position);
  }
}

function writeLength(writer: Writer, compact: boolean, length: number, legacyBytes: 2 | 4): void {
  if (compact) return writeVarint(writer, length + 1);
  const at = room(writer, legacyBytes);
  if (legacyBytes === 2) writer.view.setInt16(at, length);
  else writer.view.setInt32(at, length);
}

function writeValue(output: Output, type: TypeLayout, nullable: boolean, value: unknown): void {
  const { writer } = output;
  if (value === null) {
    if (!nullable) refuse(output, "null where the version allows none");
    if (type.kind === "struct") writeInt8(writer, -1);
    else writeLength(writer, "compact" in type && type.compact, -1, type.kind === "string" ? 2 : 4);
    return;
  }
  switch (type.kind) {
    case "struct":
      if (nullable) writeInt8(writer, 1);
      return writeStruct(output, type.struct, value as StructValue);
    case "array": {
      if (!Array.isArray(value)) return refuse(output, "not an array");
      writeLength(writer, type.compact, value.length, 4);
      return value.forEach((element, index) => {
        within(output, index, () => writeValue(output, type.element, false, element));
      });
    }
    case "string":
      return writeString(output, type.compact, value);
    case "bytes": {
      if (!(value instanceof Uint8Array)) return refuse(output, "not bytes");
      writeLength(writer, type.compact, value.length, 4);
      const start = room(writer, value.length);
      writer.bytes.set(value, start);
      return;
    }
    case "records": {
      const records = value as Uint8Array | readonly Uint8Array[];
      if (!(records instanceof Uint8Array || Array.isArray(records))) return refuse(output, "not record bytes");
      const length = recordsBytes(records);
      writeLength(writer, type.compact, length, 4);
      return reference(writer, writer.position, records, length);
    }
    default:
      return writeScalar(output, type.kind, value);
  }
}

function writeString(output: Output, compact: boolean, value: unknown): void {
  const { writer } = output;
  if (typeof value !== "string") return refuse(output, `${String(value)} where a string is wanted`);
  const length = textBytes(value);
  if (length > LONGEST_STRING) refuse(output, `a string of ${length} bytes, longer than ${LONGEST_STRING}`);
  writeLength(writer, compact, length, 2);
  ensureRoom(writer, writer.position, value.length * 3);
  writer.position = putText(writer.bytes, writer.position, value);
}

const INTEGER_BOUNDS = {
  int8: [-0x80, 0x7f],
  int16: [-0x8000, 0x7fff],
  uint16: [0, 0xffff],
  int32: [-0x8000_0000, 0x7fff_ffff],
  uint32: [0, 0xffff_ffff],
  int64: [-(2 ** 53), Number.MAX_SAFE_INTEGER],
} as const;

function writeScalar(output: Output, kind: ScalarKind, value: unknown): void {
  const bytes = SCALAR_BYTES[kind];
  const at = room(output.writer, bytes);
  const { view } = output.writer;
  switch (kind) {
    case "bool":
      if (typeof value !== "boolean") return refuse(output, `${String(value)} where true or false is wanted`);
      return view.setInt8(at, value ? 1 : 0);
    case "float64":
      if (typeof value !== "number") return refuse(output, `${String(value)} where a number is wanted`);
      return view.setFloat64(at, value);
    case "bigint64":
      if (typeof value !== "bigint" || BigInt.asIntN(64, value) !== value)
        return refuse(output, `${String(value)} where a 64-bit bigint is wanted`);
      return view.setBigInt64(at, value);
    case "uuid":
      output.writer.bytes.set(uuidOf(output, value), at);
      return;
    default:
      return putInteger(view, at, kind, integerOf(output, kind, value));
  }
}

function uuidOf(output: Output, value: unknown): Uint8Array {
  try {
    return uuidBytes(value as string);
  } catch {
    return refuse(output, `${String(value)} where a uuid is wanted`);
  }
}

function integerOf(output: Output, kind: keyof typeof INTEGER_BOUNDS, value: unknown): number {
  const [least, most] = INTEGER_BOUNDS[kind];
  if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
  return refuse(output, `${String(value)} where an integer from ${least} to ${most} is wanted`);
}

function putInteger(view: DataView, at: number, kind: keyof typeof INTEGER_BOUNDS, value: number): void {
  switch (kind) {
    case "int8":
      return view.setInt8(at, value);
    case "int16":
      return view.setInt16(at, value);
    case "uint16":
      return view.setUint16(at, value);
    case "int32":
      return view.setInt32(at, value);
    case "uint32":
      return view.setUint32(at, value);
    case "int64":
      return view.setBigInt64(at, BigInt(value));
  }
}
