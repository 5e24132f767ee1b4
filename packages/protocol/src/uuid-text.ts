// Uuids between 16 bytes and 22 characters of base64url. A reader sees the same few again and again, so it remembers some:
// that saves the conversion, and the texts keep the hashes that maps look them up by.
import { UUID_BYTES, uuidText, ZERO_UUID } from "@moldau/std";

const REMEMBERED = 1024;
const rememberedWords = new Int32Array(REMEMBERED * 4);
const rememberedTexts: string[] = new Array(REMEMBERED).fill(ZERO_UUID);

/** The text of the uuid at `position`. Throws RangeError when the view ends before it does. */
export function uuidTextAt(view: DataView, position: number): string {
  const a = view.getInt32(position);
  const b = view.getInt32(position + 4);
  const c = view.getInt32(position + 8);
  const d = view.getInt32(position + 12);
  const slot = (a ^ (b >>> 7) ^ (c >>> 3) ^ d) & (REMEMBERED - 1);
  const at = slot * 4;
  const remembered = rememberedTexts[slot];
  if (
    remembered !== undefined &&
    rememberedWords[at] === a &&
    rememberedWords[at + 1] === b &&
    rememberedWords[at + 2] === c &&
    rememberedWords[at + 3] === d
  ) {
    return remembered;
  }
  const text = uuidText(new Uint8Array(view.buffer, view.byteOffset + position, UUID_BYTES));
  rememberedWords.set([a, b, c, d], at);
  rememberedTexts[slot] = text;
  return text;
}

/** Writes the 16 bytes of a uuid's text; false when it is not one. */
export function putUuid(bytes: Buffer, position: number, text: string): boolean {
  return text.length === ZERO_UUID.length && bytes.write(text, position, UUID_BYTES, "base64url") === UUID_BYTES;
}
