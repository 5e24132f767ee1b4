// A field of a message as plain data, with the TypeScript types of its values kept beside it for inference.
import type { VersionRange } from "./versions.js";

/** Types of fixed size, and how many bytes each takes. */
export const SCALAR_BYTES = {
  bool: 1,
  int8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  clampedInt64: 8,
  bigint64: 8,
  float64: 8,
  uuid: 16,
} as const;

/** What an int64 may be to be a number exactly: from -2^53 to 2^53 - 1. */
export const LEAST_INT64 = -(2 ** 53);
export const MOST_INT64 = 2 ** 53 - 1;

export type ScalarKind = keyof typeof SCALAR_BYTES;

export type FieldType =
  | { readonly kind: ScalarKind }
  | { readonly kind: "string" | "bytes" | "records" }
  | { readonly kind: "array"; readonly element: FieldType }
  | { readonly kind: "struct"; readonly fields: Fields };

/** What a field may be by default. Arrays and structs have only null or emptiness. */
export type DefaultValue = number | bigint | boolean | string | null;

/** What the codecs know of a field. */
export interface FieldShape {
  readonly type: FieldType;
  /** Versions that have the field; undefined: all that have the struct around it. */
  readonly versions: VersionRange | undefined;
  /** Versions in which it may be null; undefined: none. */
  readonly nullableVersions: VersionRange | undefined;
  /** Its value where it is left out; undefined: null when nullable, otherwise zero or empty. */
  readonly default: DefaultValue | undefined;
  /** Whether it is empty, not null, where it is left out, although it may be null. */
  readonly emptyByDefault: boolean;
  /** Its number among the tagged fields (KIP-482); undefined: not tagged. */
  readonly tag: number | undefined;
  /** Whether an encoder may drop a value that the version has no place for. */
  readonly ignorable: boolean;
  /** Strings keep their old form even in flexible versions. Only the client id in request headers does. */
  readonly neverCompact: boolean;
}

declare const inferred: unique symbol;

/** A field whose values decode to `Decoded` and encode from `Input`; `Optional` says whether an input may leave it out. */
export interface Field<Decoded = unknown, Input = unknown, Optional extends boolean = boolean> extends FieldShape {
  readonly [inferred]?: { readonly decoded: Decoded; readonly input: Input; readonly optional: Optional };
}

/** The fields of a struct, in the order of the wire. */
export interface Fields {
  readonly [name: string]: Field;
}

type FieldDecoded<F> = F extends Field<infer Decoded, infer _Input, infer _Optional> ? Decoded : never;
type FieldInput<F> = F extends Field<infer _Decoded, infer Input, infer _Optional> ? Input : never;
type OptionalNames<F extends Fields> = {
  [Name in keyof F]: F[Name] extends Field<infer _Decoded, infer _Input, infer Optional> ? (Optional extends true ? Name : never) : never;
}[keyof F];

/** What decoding a struct gives: every field, with its default where the version lacks it. */
export type DecodedFields<F extends Fields> = { readonly [Name in keyof F]: FieldDecoded<F[Name]> };

/** What encoding a struct takes: fields that only some versions have, or that have a default, may be left out. */
export type InputFields<F extends Fields> = { readonly [Name in Exclude<keyof F, OptionalNames<F>>]: FieldInput<F[Name]> } & {
  readonly [Name in OptionalNames<F>]?: FieldInput<F[Name]> | undefined;
};
