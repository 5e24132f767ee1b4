// What stands before and after the runs of a segment: the head says what the blob is, the trailer where the footer lies.
//
//   head      0         8           12          16             24                 4092      4096
//             ┌─────────┬───────────┬───────────┬──────────────┬──────────────────┬─────────┐
//             │ magic   │ format    │ zeros     │ segment id   │ zeros            │ crc32c  │
//             └─────────┴───────────┴───────────┴──────────────┴──────────────────┴─────────┘
//   trailer   0                 8                16               20          24        32
//             ┌─────────────────┬────────────────┬────────────────┬───────────┬─────────┐
//             │ footer position │ segment id     │ footer length  │ footer crc│ magic   │
//             └─────────────────┴────────────────┴────────────────┴───────────┴─────────┘
//
// Integers are little-endian. The head is a page, so that runs begin on one; every crc covers what comes before it, or the footer.
//
// A promoted segment is a file of the journal (ring-file.ts): its head is the file's header page with a mark in it, its footer begins
// on a page, and zeros between footer and trailer make it end with one. Its trailer has another magic.
//   mark      64        72             80        84
//             ┌─────────┬──────────────┬─────────┐
//             │ magic   │ segment id   │ crc32c  │
//             └─────────┴──────────────┴─────────┘
import { crc32c, isInt53LE, readInt53LE, writeInt53LE } from "@moldau/std";

export const HEAD_BYTES = 4096;
export const TRAILER_BYTES = 32;
export const SEGMENT_FORMAT = 1;

const HEAD_MAGIC = new TextEncoder().encode("MoldauSg");
const TRAILER_MAGIC = new TextEncoder().encode("MoldauSe");
const MARK_MAGIC = new TextEncoder().encode("MoldauSm");
const PROMOTED_TRAILER_MAGIC = new TextEncoder().encode("MoldauSp");
const HEAD_CRC_AT = HEAD_BYTES - 4;
const MARK_AT = 64;
const MARK_ID_AT = MARK_AT + 8;
const MARK_CRC_AT = MARK_ID_AT + 8;
const MARK_END = MARK_CRC_AT + 4;

export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const hasMagic = (bytes: Uint8Array, at: number, magic: Uint8Array) => magic.every((byte, i) => bytes[at + i] === byte);

export function encodeHead(segmentId: number): Uint8Array {
  const head = new Uint8Array(HEAD_BYTES);
  const view = viewOf(head);
  head.set(HEAD_MAGIC);
  view.setUint32(8, SEGMENT_FORMAT, true);
  writeInt53LE(head, 16, segmentId);
  view.setUint32(HEAD_CRC_AT, crc32c(head.subarray(0, HEAD_CRC_AT)), true);
  return head;
}

/** Marks a page, which is complete up to the mark's place, as the head of that segment. */
export function writeMark(page: Uint8Array, segmentId: number): void {
  page.set(MARK_MAGIC, MARK_AT);
  writeInt53LE(page, MARK_ID_AT, segmentId);
  viewOf(page).setUint32(MARK_CRC_AT, crc32c(page.subarray(0, MARK_CRC_AT)), true);
}

/** The segment that a page is marked as the head of; "none" when it has no mark, "damaged" when it has a wrong one. */
export function markIn(page: Uint8Array): number | "none" | "damaged" {
  if (page.subarray(MARK_AT, MARK_END).every((byte) => byte === 0)) return "none";
  const right = viewOf(page).getUint32(MARK_CRC_AT, true) === crc32c(page.subarray(0, MARK_CRC_AT));
  return right && hasMagic(page, MARK_AT, MARK_MAGIC) && isInt53LE(page, MARK_ID_AT) ? readInt53LE(page, MARK_ID_AT) : "damaged";
}

/** The segment that a page says it is the head of, by its magic alone: `faultInHead` says whether that is to be believed. */
export function segmentIdIn(head: Uint8Array): number | undefined {
  if (head.length < HEAD_BYTES) return undefined;
  const at = hasMagic(head, MARK_AT, MARK_MAGIC) ? MARK_ID_AT : hasMagic(head, 0, HEAD_MAGIC) ? 16 : undefined;
  return at !== undefined && isInt53LE(head, at) ? readInt53LE(head, at) : undefined;
}

/** What is wrong with a head, or undefined when nothing is. */
export function faultInHead(head: Uint8Array, segmentId: number): string | undefined {
  if (head.length < HEAD_BYTES) return "the head is cut off";
  if (hasMagic(head, MARK_AT, MARK_MAGIC)) return markIn(head) === segmentId ? undefined : "the head's mark is wrong";
  const view = viewOf(head);
  if (!hasMagic(head, 0, HEAD_MAGIC)) return "this is no segment";
  if (view.getUint32(HEAD_CRC_AT, true) !== crc32c(head.subarray(0, HEAD_CRC_AT))) return "the head's checksum differs";
  if (view.getUint32(8, true) !== SEGMENT_FORMAT) return `format ${view.getUint32(8, true)}, this release reads ${SEGMENT_FORMAT}`;
  const found = readInt53LE(head, 16);
  return found === segmentId ? undefined : `the head names segment ${found}`;
}

/** How the chunks of a segment lie: one behind the other from head to footer, or with other bytes between. */
export type Layout = "dense" | "scattered";

/** Where a segment's footer lies, and its checksum. */
export interface FooterLocation {
  readonly position: number;
  readonly lengthBytes: number;
  readonly crc: number;
  readonly layout: Layout;
}

export function encodeTrailer(segmentId: number, footer: FooterLocation): Uint8Array {
  const trailer = new Uint8Array(TRAILER_BYTES);
  const view = viewOf(trailer);
  writeInt53LE(trailer, 0, footer.position);
  writeInt53LE(trailer, 8, segmentId);
  view.setUint32(16, footer.lengthBytes, true);
  view.setUint32(20, footer.crc, true);
  trailer.set(footer.layout === "dense" ? TRAILER_MAGIC : PROMOTED_TRAILER_MAGIC, 24);
  return trailer;
}

/** The end of a promoted segment, from `position` on: footer, zeros and trailer, whole pages together. */
export function encodePromotedEnd(segmentId: number, footer: readonly Uint8Array[], position: number): Uint8Array[] {
  const lengthBytes = footer.reduce((sum, part) => sum + part.length, 0);
  const crc = footer.reduce((sum, part) => crc32c(part, sum), 0);
  const used = (lengthBytes + TRAILER_BYTES) % HEAD_BYTES;
  const zeros = new Uint8Array(used === 0 ? 0 : HEAD_BYTES - used);
  return [...footer, zeros, encodeTrailer(segmentId, { position, lengthBytes, crc, layout: "scattered" })];
}

/** The footer that the last TRAILER_BYTES of a blob of `sizeBytes` name, or what is wrong with them. */
export function decodeTrailer(trailer: Uint8Array, segmentId: number, sizeBytes: number): FooterLocation | string {
  const layout = layoutOf(trailer);
  if (layout === undefined) return "the segment does not end as one";
  const view = viewOf(trailer);
  // Compared as bigint, for damaged bytes may hold any number.
  if (view.getBigInt64(8, true) !== BigInt(segmentId)) return `the trailer names segment ${view.getBigInt64(8, true)}`;
  const lengthBytes = view.getUint32(16, true);
  const end = sizeBytes - TRAILER_BYTES;
  const unpadded = end - lengthBytes;
  const position = layout === "dense" ? unpadded : unpadded - (((unpadded % HEAD_BYTES) + HEAD_BYTES) % HEAD_BYTES);
  if (position < HEAD_BYTES || view.getBigInt64(0, true) !== BigInt(position)) return "the trailer names no place in the segment";
  return { position, lengthBytes, crc: view.getUint32(20, true), layout };
}

function layoutOf(trailer: Uint8Array): Layout | undefined {
  if (trailer.length < TRAILER_BYTES) return undefined;
  if (hasMagic(trailer, 24, TRAILER_MAGIC)) return "dense";
  return hasMagic(trailer, 24, PROMOTED_TRAILER_MAGIC) ? "scattered" : undefined;
}
