// Strings and uuids between JavaScript and bytes.

/** Strings take at most this many bytes, in flexible versions too. */
export const LONGEST_STRING = 0x7fff;

/** Up to here a loop beats the call into the runtime. */
const LONGEST_LOOP = 48;

/** The UTF-8 text in `bytes` from `start` to `end`. Malformed sequences become U+FFFD, as in Kafka. */
export function textAt(bytes: Buffer, start: number, end: number): string {
  return bytes.toString("utf8", start, end);
}

/** Bytes that `text` takes as UTF-8. */
export function textBytes(text: string): number {
  return Buffer.byteLength(text, "utf8");
}

/** Writes `text` as UTF-8 and returns the position after it. There must be room for three bytes a character. */
export function putText(bytes: Buffer, position: number, text: string): number {
  const { length } = text;
  if (length > LONGEST_LOOP) return position + bytes.write(text, position, "utf8");
  for (let index = 0; index < length; index++) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) return position + bytes.write(text, position, "utf8");
    bytes[position + index] = code;
  }
  return position + length;
}
