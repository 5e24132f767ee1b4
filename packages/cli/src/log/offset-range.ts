// --offset: which offsets are wanted.
import { UsageError } from "../exit.js";

/** Offsets from `from` to `through`, both included. */
export interface OffsetRange {
  readonly from: number;
  readonly through: number;
}

const RANGE = /^(\d+)?(\.\.(\d+)?)?$/;

/** Reads 100, 100..199 and ..199; all of them without a text. Throws UsageError. */
export function offsetRange(text: string | undefined): OffsetRange {
  if (text === undefined) return { from: 0, through: Number.MAX_SAFE_INTEGER };
  const [matched, from, , through] = RANGE.exec(text) ?? [];
  if (!matched) throw new UsageError(`--offset needs numbers, as in 100, 100..199 or ..199, and "${text}" is not.`);
  const range = { from: Number(from ?? 0), through: through === undefined ? Number.MAX_SAFE_INTEGER : Number(through) };
  if (range.from > range.through) throw new UsageError(`--offset ${text} has no offsets: the first is beyond the last.`);
  return range;
}
