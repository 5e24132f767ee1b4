// Encoding by walking the layout: the reference for generated encoders, and the one that explains what they refuse.
import type { Encoder } from "./codec.js";
import { LEAST_INT64, MOST_INT64, SCALAR_BYTES, type ScalarKind } from "./field.js";
import { pathText } from "./interpret-decoder.js";
import type { Member, StructLayout, TypeLayout } from "./layout.js";
import { ProtocolError } from "./protocol-error.js";
import { LONGEST_STRING, putText, textBytes } from "./text.js";
import { putUuid } from "./uuid-text.js";
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
  if (compact) {
    writeVarint(writer, length + 1);
    return;
  }
  const at = room(writer, legacyBytes);
  if (legacyBytes === 2) writer.view.setInt16(at, length);
  else writer.view.setInt32(at, length);
}

function writeValue(output: Output, type: TypeLayout, nullable: boolean, value: unknown): void {
  if (value === null) {
    if (!nullable) refuse(output, "null where the version allows none");
    if (type.kind === "struct") writeInt8(output.writer, type.nullMark);
    else writeLength(output.writer, "compact" in type && type.compact, -1, type.kind === "string" ? 2 : 4);
    return;
  }
  switch (type.kind) {
    case "struct":
      if (nullable) writeInt8(output.writer, 1);
      writeStruct(output, type.struct, value as StructValue);
      break;
    case "array":
      writeArray(output, type, value);
      break;
    case "string":
      writeString(output, type.compact, value);
      break;
    case "bytes":
      writeBytes(output, type.compact, value);
      break;
    case "records":
      writeRecords(output, type.compact, value);
      break;
    default:
      writeScalar(output, type.kind, value);
  }
}

function writeArray(output: Output, { compact, element: type }: TypeLayout & { kind: "array" }, value: unknown): void {
  if (!Array.isArray(value)) refuse(output, "not an array");
  writeLength(output.writer, compact, value.length, 4);
  value.forEach((element, index) => {
    within(output, index, () => writeValue(output, type, false, element));
  });
}

function writeBytes(output: Output, compact: boolean, value: unknown): void {
  const { writer } = output;
  if (!(value instanceof Uint8Array)) refuse(output, "not bytes");
  writeLength(writer, compact, value.length, 4);
  const start = room(writer, value.length);
  writer.bytes.set(value, start);
}

function writeRecords(output: Output, compact: boolean, value: unknown): void {
  const { writer } = output;
  const records = value as Uint8Array | readonly Uint8Array[];
  if (!(records instanceof Uint8Array || Array.isArray(records))) refuse(output, "not the bytes of records");
  const length = recordsBytes(records);
  writeLength(writer, compact, length, 4);
  reference(writer, writer.position, records, length);
}

function writeString(output: Output, compact: boolean, value: unknown): void {
  const { writer } = output;
  if (typeof value !== "string") refuse(output, `${String(value)} where a string is wanted`);
  const length = textBytes(value);
  if (length > LONGEST_STRING) refuse(output, `a string of ${length} bytes, longer than ${LONGEST_STRING}`);
  writeLength(writer, compact, length, 2);
  ensureRoom(writer, writer.position, value.length * 3);
  writer.position = putText(writer.bytes, writer.position, value);
}

function writeScalar(output: Output, kind: ScalarKind, value: unknown): void {
  const at = room(output.writer, SCALAR_BYTES[kind]);
  const { bytes, view } = output.writer;
  switch (kind) {
    case "bool":
      if (typeof value !== "boolean") refuse(output, `${String(value)} where true or false is wanted`);
      view.setInt8(at, value ? 1 : 0);
      break;
    case "float64":
      if (typeof value !== "number") refuse(output, `${String(value)} where a number is wanted`);
      view.setFloat64(at, value);
      break;
    case "bigint64":
      if (typeof value !== "bigint" || BigInt.asIntN(64, value) !== value)
        refuse(output, `${String(value)} where a 64-bit bigint is wanted`);
      view.setBigInt64(at, value);
      break;
    case "uuid":
      if (typeof value !== "string" || !putUuid(bytes, at, value)) refuse(output, `${String(value)} where a uuid is wanted`);
      break;
    default:
      INTEGERS[kind].put(view, at, integerOf(output, kind, value));
  }
}

interface IntegerRange {
  readonly least: number;
  readonly most: number;
  readonly put: (view: DataView, at: number, value: number) => void;
}

const INT64: IntegerRange = {
  least: LEAST_INT64,
  most: MOST_INT64,
  put: (view, at, value) => view.setBigInt64(at, BigInt(value)),
};

const INTEGERS: Record<Exclude<ScalarKind, "bool" | "float64" | "bigint64" | "uuid">, IntegerRange> = {
  int8: { least: -0x80, most: 0x7f, put: (view, at, value) => view.setInt8(at, value) },
  int16: { least: -0x8000, most: 0x7fff, put: (view, at, value) => view.setInt16(at, value) },
  uint16: { least: 0, most: 0xffff, put: (view, at, value) => view.setUint16(at, value) },
  int32: { least: -0x8000_0000, most: 0x7fff_ffff, put: (view, at, value) => view.setInt32(at, value) },
  uint32: { least: 0, most: 0xffff_ffff, put: (view, at, value) => view.setUint32(at, value) },
  int64: INT64,
  clampedInt64: INT64,
};

function integerOf(output: Output, kind: keyof typeof INTEGERS, value: unknown): number {
  const { least, most } = INTEGERS[kind];
  if (typeof value !== "number" || !Number.isInteger(value) || value < least || value > most) {
    refuse(output, `${String(value)} where an integer from ${least} to ${most} is wanted`);
  }
  return value;
}
