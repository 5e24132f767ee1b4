// The language in which the wire is declared: one call per field, api(…) and message(…) around them.
//
// A field without versions exists wherever the struct around it does. Everything else is data for the codecs and types for TypeScript.
import type { DecodedFields, DefaultValue, Field, Fields, FieldType, InputFields, ScalarKind } from "./field.js";
import { type VersionRange, versionRange } from "./versions.js";

interface FieldOptions<Value extends DefaultValue> {
  /** The value of the field where it is left out. */
  readonly default?: Value;
  /** Whether an encoder may drop a value that the version has no place for. */
  readonly ignorable?: boolean;
}

interface OptionsWithDefault<Value extends DefaultValue> extends FieldOptions<Value> {
  readonly default: Value;
}

/** Declares a field: in all versions, in some, or with a default. The latter two may be left out when encoding. */
interface FieldBuilder<Value extends DefaultValue> {
  (): Field<Value, Value, false>;
  (options: OptionsWithDefault<Value>): Field<Value, Value, true>;
  (versions: string, options?: FieldOptions<Value>): Field<Value, Value, true>;
}

function field(type: FieldType, versions?: string, options: FieldOptions<DefaultValue> = {}): Field {
  return {
    type,
    versions: versions === undefined ? undefined : versionRange(versions),
    nullableVersions: undefined,
    default: options.default,
    emptyByDefault: false,
    tag: undefined,
    ignorable: options.ignorable ?? false,
    neverCompact: false,
  };
}

function builder<Value extends DefaultValue>(kind: ScalarKind | "string"): FieldBuilder<Value> {
  const build = (first?: string | FieldOptions<Value>, second?: FieldOptions<Value>) =>
    typeof first === "string" ? field({ kind }, first, second) : field({ kind }, undefined, first);
  return build as FieldBuilder<Value>;
}

export const bool = builder<boolean>("bool");
export const int8 = builder<number>("int8");
export const int16 = builder<number>("int16");
export const uint16 = builder<number>("uint16");
export const int32 = builder<number>("int32");
export const uint32 = builder<number>("uint32");
/** 64 bits as a number. Beyond 2^53, decoding a request gives the nearest number there is; other messages are refused. */
export const int64 = builder<number>("int64");
/** 64 bits as a bigint, for the few fields whose values may pass 2^53. */
export const bigint64 = builder<bigint>("bigint64");
export const float64 = builder<number>("float64");
/** 16 bytes, as 22 characters of base64url (KIP-516). */
export const uuid = builder<string>("uuid");
export const string = builder<string>("string");

/** Opaque bytes. Decoding gives a view of the frame. */
export function bytes(): Field<Uint8Array, Uint8Array, false>;
export function bytes(versions: string, options?: FieldOptions<never>): Field<Uint8Array, Uint8Array, true>;
export function bytes(versions?: string, options?: FieldOptions<never>): Field<Uint8Array, Uint8Array> {
  return field({ kind: "bytes" }, versions, options) as Field<Uint8Array, Uint8Array>;
}

/** Record batches. Decoding gives a view of the frame, encoding refers to the parts given: neither copies. */
export type RecordsInput = Uint8Array | readonly Uint8Array[];
export function records(): Field<Uint8Array, RecordsInput, false>;
export function records(versions: string): Field<Uint8Array, RecordsInput, true>;
export function records(versions?: string): Field<Uint8Array, RecordsInput> {
  return field({ kind: "records" }, versions) as Field<Uint8Array, RecordsInput>;
}

/** A struct within a struct. */
export function struct<const F extends Fields>(fields: F): Field<DecodedFields<F>, InputFields<F>, false>;
export function struct<const F extends Fields>(
  fields: F,
  versions: string,
  options?: FieldOptions<never>,
): Field<DecodedFields<F>, InputFields<F>, true>;
export function struct(fields: Fields, versions?: string, options?: FieldOptions<never>): Field {
  return field({ kind: "struct", fields }, versions, options);
}

type ElementDecoded<E> =
  E extends Field<infer Decoded, infer _Input, infer _Optional> ? Decoded : E extends Fields ? DecodedFields<E> : never;
type ElementInput<E> = E extends Field<infer _Decoded, infer Input, infer _Optional> ? Input : E extends Fields ? InputFields<E> : never;
type ArrayField<E, Optional extends boolean> = Field<readonly ElementDecoded<E>[], readonly ElementInput<E>[], Optional>;

/** A list of scalars, `array(int32())`, or of structs, `array({ … })`. */
export function array<const E extends Field | Fields>(element: E): ArrayField<E, false>;
export function array<const E extends Field | Fields>(element: E, versions: string, options?: FieldOptions<never>): ArrayField<E, true>;
export function array(element: Field | Fields, versions?: string, options?: FieldOptions<never>): Field {
  const type: FieldType = isField(element) ? element.type : { kind: "struct", fields: element };
  return field({ kind: "array", element: type }, versions, options);
}

function isField(element: Field | Fields): element is Field {
  return "type" in element && "kind" in element.type;
}

/** A field that may be null, in all its versions or in those named. Left out, it is null unless it has another default. */
export function nullable<Decoded, Input>(inner: Field<Decoded, Input>, versions?: string): Field<Decoded | null, Input | null, true> {
  const nullableVersions = versions === undefined ? { min: 0, max: Number.POSITIVE_INFINITY } : versionRange(versions);
  return { ...inner, nullableVersions } as Field<Decoded | null, Input | null, true>;
}

/** A nullable array or struct that is empty where it is left out, so that null is a value to be written. */
export function emptyByDefault<F extends Field>(inner: F): F {
  return { ...inner, emptyByDefault: true };
}

/** A tagged field (KIP-482): written after the others, and only when it is not its default. */
export function tagged<Decoded, Input>(tag: number, inner: Field<Decoded, Input>): Field<Decoded, Input, true> {
  return { ...inner, tag } as Field<Decoded, Input, true>;
}

/** A string that keeps the old form in flexible versions: the client id, which must be readable before the version is understood. */
export function neverCompact<F extends Field>(inner: F): F {
  return { ...inner, neverCompact: true };
}

/** A message that is not a request or response: a header, a key or value of an internal topic, a protocol's embedded bytes. */
export interface Message<F extends Fields = Fields> {
  readonly name: string;
  readonly versions: VersionRange;
  /** Versions with compact lengths and tagged fields; undefined: none. */
  readonly flexible: VersionRange | undefined;
  /** For the key of a record in an internal topic: the number it starts with, which says what kind of record this is. */
  readonly recordType: number | undefined;
  /** Whether encoders drop whatever the version has no place for, ignorable or not: answers are cut to what the asker understands. */
  readonly cutToVersion: boolean;
  /**
   * Whether decoders take an int64 beyond 2^53 for the nearest number within, instead of refusing the message. Requests come from anyone,
   * and an offset or a time that far away deserves the same answer as one a little nearer.
   */
  readonly clampsInt64: boolean;
  readonly fields: F;
}

interface MessageDeclaration<F extends Fields> {
  readonly name: string;
  readonly recordType?: number;
  readonly versions: string;
  readonly flexible: string;
  readonly fields: F;
}

/** Declares a message. `flexible` is a version range or "none". */
export function message<const F extends Fields>({ name, recordType, versions, flexible, fields }: MessageDeclaration<F>): Message<F> {
  return {
    name,
    versions: versionRange(versions),
    flexible: flexibleRange(flexible),
    recordType,
    cutToVersion: false,
    clampsInt64: false,
    fields,
  };
}

/** A request and its response, which share their versions. */
export interface Api<Request extends Fields = Fields, Response extends Fields = Fields> {
  readonly key: number;
  readonly name: string;
  /** Every version there is a codec for. */
  readonly versions: VersionRange;
  /** The versions to offer: without the last where it is not final yet. */
  readonly stableVersions: VersionRange;
  readonly request: Message<Request>;
  readonly response: Message<Response>;
}

interface ApiDeclaration<Request extends Fields, Response extends Fields> {
  readonly key: number;
  readonly name: string;
  readonly versions: string;
  readonly flexible: string;
  readonly latestVersionUnstable?: boolean;
  readonly request: Request;
  readonly response: Response;
}

/** Declares an API. `flexible` is a version range or "none". */
export function api<const Request extends Fields, const Response extends Fields>(
  declaration: ApiDeclaration<Request, Response>,
): Api<Request, Response> {
  const { key, name, latestVersionUnstable = false, request, response } = declaration;
  const versions = versionRange(declaration.versions);
  const flexible = flexibleRange(declaration.flexible);
  return {
    key,
    name,
    versions,
    stableVersions: latestVersionUnstable ? { ...versions, max: versions.max - 1 } : versions,
    request: { name: `${name}Request`, versions, flexible, recordType: undefined, cutToVersion: false, clampsInt64: true, fields: request },
    response: {
      name: `${name}Response`,
      versions,
      flexible,
      recordType: undefined,
      cutToVersion: true,
      clampsInt64: false,
      fields: response,
    },
  };
}

const flexibleRange = (text: string) => (text === "none" ? undefined : versionRange(text));

export type MessageOf<M> = M extends Message<infer F> ? DecodedFields<F> : never;
export type MessageInput<M> = M extends Message<infer F> ? InputFields<F> : never;
export type RequestOf<A> = A extends Api<infer Request, infer _Response> ? DecodedFields<Request> : never;
export type RequestInput<A> = A extends Api<infer Request, infer _Response> ? InputFields<Request> : never;
export type ResponseOf<A> = A extends Api<infer _Request, infer Response> ? DecodedFields<Response> : never;
export type ResponseInput<A> = A extends Api<infer _Request, infer Response> ? InputFields<Response> : never;
