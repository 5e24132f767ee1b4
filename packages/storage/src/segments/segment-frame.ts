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
import { crc32c, readInt53LE, writeInt53LE } from "@moldau/std";

export const HEAD_BYTES = 4096;
export const TRAILER_BYTES = 32;
export const SEGMENT_FORMAT = 1;

const HEAD_MAGIC = new TextEncoder().encode("MoldauSg");
const TRAILER_MAGIC = new TextEncoder().encode("MoldauSe");
const HEAD_CRC_AT = HEAD_BYTES - 4;

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

/** What is wrong with a head, or undefined when nothing is. */
export function faultInHead(head: Uint8Array, segmentId: number): string | undefined {
  if (head.length < HEAD_BYTES) return "the head is cut off";
  const view = viewOf(head);
  if (!hasMagic(head, 0, HEAD_MAGIC)) return "this is no segment";
  if (view.getUint32(HEAD_CRC_AT, true) !== crc32c(head.subarray(0, HEAD_CRC_AT))) return "the head's checksum differs";
  if (view.getUint32(8, true) !== SEGMENT_FORMAT) return `format ${view.getUint32(8, true)}, this release reads ${SEGMENT_FORMAT}`;
  const found = readInt53LE(head, 16);
  return found === segmentId ? undefined : `the head names segment ${found}`;
}

/** Where a segment's footer lies, and its checksum. */
export interface FooterLocation {
  readonly position: number;
  readonly lengthBytes: number;
  readonly crc: number;
}

export function encodeTrailer(segmentId: number, footer: FooterLocation): Uint8Array {
  const trailer = new Uint8Array(TRAILER_BYTES);
  const view = viewOf(trailer);
  writeInt53LE(trailer, 0, footer.position);
  writeInt53LE(trailer, 8, segmentId);
  view.setUint32(16, footer.lengthBytes, true);
  view.setUint32(20, footer.crc, true);
  trailer.set(TRAILER_MAGIC, 24);
  return trailer;
}

/** The footer that the last TRAILER_BYTES of a blob of `sizeBytes` name, or what is wrong with them. */
export function decodeTrailer(trailer: Uint8Array, segmentId: number, sizeBytes: number): FooterLocation | string {
  if (trailer.length < TRAILER_BYTES || !hasMagic(trailer, 24, TRAILER_MAGIC)) return "the segment does not end as one";
  const view = viewOf(trailer);
  // Compared as bigint, for damaged bytes may hold any number.
  if (view.getBigInt64(8, true) !== BigInt(segmentId)) return `the trailer names segment ${view.getBigInt64(8, true)}`;
  const lengthBytes = view.getUint32(16, true);
  const position = sizeBytes - TRAILER_BYTES - lengthBytes;
  if (position < HEAD_BYTES || view.getBigInt64(0, true) !== BigInt(position)) return "the trailer names no place in the segment";
  return { position, lengthBytes, crc: view.getUint32(20, true) };
}
