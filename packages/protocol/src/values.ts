// Default values: making them, and telling whether a value is one.
import type { Member, StructLayout } from "./layout.js";

const NO_BYTES = new Uint8Array(0);

/** A struct's or message's value as the codecs see it. */
export type StructValue = { readonly [name: string]: unknown };

/** The value of a field that is left out: fresh where it could be changed. */
export function fallbackValue({ type, fallback }: Pick<Member, "type" | "fallback">): unknown {
  if (fallback !== undefined) return fallback;
  if (type.kind === "array") return [];
  if (type.kind === "struct") return Object.fromEntries(type.struct.members.map((member) => [member.name, fallbackValue(member)]));
  return NO_BYTES;
}

/** Whether leaving `value` out would give the same. */
export function isFallback(member: Pick<Member, "type" | "fallback">, value: unknown): boolean {
  if (value === undefined || value === member.fallback) return true;
  if (member.fallback !== undefined || value === null) return false;
  if (member.type.kind === "struct") return hasOnlyFallbacks(member.type.struct, value as StructValue);
  const { length } = value as { readonly length: number };
  return length === 0;
}

/** Whether every field of a struct is as if left out. */
export function hasOnlyFallbacks(layout: StructLayout, value: StructValue): boolean {
  return layout.members.every((member) => isFallback(member, value[member.name]));
}
