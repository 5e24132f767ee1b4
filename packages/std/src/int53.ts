// Integers of 64 bits that stay within what a number holds exactly: offsets, positions, timestamps. Faster than bigint by far.

const HIGH_UNIT = 2 ** 32;

/** Writes a safe integer as int64. */
export function writeInt53(view: DataView, position: number, value: number, littleEndian = false): void {
  const high = Math.floor(value / HIGH_UNIT);
  view.setInt32(position + (littleEndian ? 4 : 0), high, littleEndian);
  view.setUint32(position + (littleEndian ? 0 : 4), value >>> 0, littleEndian);
}

/** Reads an int64. Throws RangeError when it lies outside the safe integers. */
export function readInt53(view: DataView, position: number, littleEndian = false): number {
  const high = view.getInt32(position + (littleEndian ? 4 : 0), littleEndian);
  const value = high * HIGH_UNIT + view.getUint32(position + (littleEndian ? 0 : 4), littleEndian);
  if (!Number.isSafeInteger(value)) throw new RangeError(`an integer of 64 bits at ${position} is beyond 2^53`);
  return value;
}
