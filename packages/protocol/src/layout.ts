// A declaration resolved for one version: what both codecs, generated and interpreting, work from.
import { ZERO_UUID } from "@moldau/std";
import type { Message } from "./declaration.js";
import { type DefaultValue, type FieldShape, type Fields, type FieldType, SCALAR_BYTES, type ScalarKind } from "./field.js";
import { includesVersion } from "./versions.js";

export interface StructLayout {
  /** All fields in the order declared, which is that of decoded objects: one shape for all versions. */
  readonly members: readonly Member[];
  /** Those on the wire, in its order. */
  readonly inline: readonly Member[];
  /** Those written as tagged fields in this version, by tag. */
  readonly tagged: readonly Member[];
  /** Whether a section of tagged fields ends the struct, and lengths are compact (KIP-482). */
  readonly flexible: boolean;
  /** No value takes fewer bytes. */
  readonly minimumBytes: number;
}

export interface Member {
  readonly name: string;
  readonly type: TypeLayout;
  readonly presence: "inline" | "tagged" | "absent";
  readonly tag: number;
  readonly nullable: boolean;
  /** The value where it is left out; undefined: the empty one of its type (array, bytes or struct). */
  readonly fallback: DefaultValue | undefined;
  /** Whether an encoder may drop a value when the version lacks the field. */
  readonly droppable: boolean;
}

/** A nullable struct follows a byte: 1, or its `nullMark` for null, which differs between tagged fields and others. */
export type TypeLayout =
  | { readonly kind: ScalarKind }
  | { readonly kind: "string" | "bytes" | "records"; readonly compact: boolean }
  | { readonly kind: "array"; readonly compact: boolean; readonly element: TypeLayout; readonly elementMinimumBytes: number }
  | { readonly kind: "struct"; readonly struct: StructLayout; readonly nullMark: 0 | -1 };

/** The layout of a message in `version`, which must be one of its versions. */
export function layoutOf(message: Message, version: number): StructLayout {
  if (!includesVersion(message.versions, version)) throw new RangeError(`${message.name} has no version ${version}`);
  const flexible = includesVersion(message.flexible, version);
  const { cutToVersion, clampsInt64 } = message;
  return structLayout(message.fields, { version, flexible, cutToVersion, clampsInt64, tagged: false });
}

interface Context {
  readonly version: number;
  readonly flexible: boolean;
  readonly cutToVersion: boolean;
  readonly clampsInt64: boolean;
  /** Whether this is the value of a tagged field itself. */
  readonly tagged: boolean;
}

function structLayout(fields: Fields, context: Context): StructLayout {
  const members = Object.entries(fields).map(([name, field]) => memberLayout(name, field, context));
  const inline = members.filter(({ presence }) => presence === "inline");
  const tagged = members.filter(({ presence }) => presence === "tagged").sort((one, other) => one.tag - other.tag);
  const minimumBytes = inline.reduce((sum, { type, nullable }) => sum + minimumBytesOf(type, nullable), context.flexible ? 1 : 0);
  return { members, inline, tagged, flexible: context.flexible, minimumBytes };
}

function memberLayout(name: string, field: FieldShape, context: Context): Member {
  const { version } = context;
  const present = field.versions === undefined || includesVersion(field.versions, version);
  const presence = !present ? "absent" : field.tag === undefined ? "inline" : "tagged";
  const nullable = present && includesVersion(field.nullableVersions, version);
  return {
    name,
    type: typeLayout(field.type, { ...context, flexible: context.flexible && !field.neverCompact, tagged: presence === "tagged" }),
    presence,
    tag: field.tag ?? -1,
    nullable,
    fallback: fallbackOf(field, nullable || (!present && field.nullableVersions !== undefined)),
    droppable: field.ignorable || context.cutToVersion,
  };
}

function typeLayout(type: FieldType, context: Context): TypeLayout {
  switch (type.kind) {
    case "array": {
      const element = typeLayout(type.element, { ...context, tagged: false });
      return { kind: "array", compact: context.flexible, element, elementMinimumBytes: Math.max(1, minimumBytesOf(element, false)) };
    }
    case "struct":
      return { kind: "struct", struct: structLayout(type.fields, context), nullMark: context.tagged ? 0 : -1 };
    case "string":
    case "bytes":
    case "records":
      return { kind: type.kind, compact: context.flexible };
    case "int64":
      return { kind: context.clampsInt64 ? "clampedInt64" : "int64" };
    default:
      return { kind: type.kind };
  }
}

function minimumBytesOf(type: TypeLayout, nullable: boolean): number {
  switch (type.kind) {
    case "struct":
      return nullable ? 1 : type.struct.minimumBytes;
    case "string":
      return type.compact ? 1 : 2;
    case "bytes":
    case "records":
    case "array":
      return type.compact ? 1 : 4;
    default:
      return SCALAR_BYTES[type.kind];
  }
}

function fallbackOf(field: FieldShape, mayBeNull: boolean): DefaultValue | undefined {
  if (field.default !== undefined) return field.default;
  if (mayBeNull && !field.emptyByDefault) return null;
  switch (field.type.kind) {
    case "array":
    case "struct":
    case "bytes":
    case "records":
      return undefined;
    case "string":
      return "";
    case "uuid":
      return ZERO_UUID;
    case "bool":
      return false;
    case "bigint64":
      return 0n;
    default:
      return 0;
  }
}
