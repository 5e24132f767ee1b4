// The outside of zstd frames (RFC 8878, 3.1): enough to say, without decoding, how much they can hold.
//
//   28 b5 2f fd | descriptor | window: 0-1 | dictionary id: 0-4 | content size: 0-8 | block* | checksum: 0 or 4
//   descriptor  = bits 7-6 content size's size, 5 single segment (no window), 3 reserved, 2 checksum, 1-0 dictionary id's size
//   block       = header: 3 (bit 0 last, 1-2 type, 3-23 size) | bytes.   Types: 0 raw, 1 one byte repeated, 2 compressed
//   skippable   = 5x 2a 4d 18 | size: 4 | bytes.   All integers little-endian.
import { RecordsError } from "../errors.js";

const FRAME_MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a50;
const BLOCK_BYTES_MAX = 128 * 1024;
/** What decoders accept unless told otherwise, Java's among them. */
const WINDOW_BYTES_MAX = 2 ** 27;
const DICTIONARY_ID_BYTES = [0, 1, 2, 4] as const;
const CONTENT_SIZE_BYTES = [0, 2, 4, 8] as const;

/** How much one or more frames hold. */
export interface ZstdExtent {
  /** No more than this: the sum of what the blocks can hold. */
  readonly boundBytes: number;
  /** What the frames claim; undefined when one of them does not say, as Java's do not. */
  readonly claimedBytes: number | undefined;
}

interface FrameHeader {
  readonly bytes: number;
  readonly blockBytesMax: number;
  readonly claimedBytes: number | undefined;
  readonly checksumBytes: number;
}

/** Walks the frames' headers. Throws RecordsError where they are damaged, cut off, or want a window of more than 128 MiB. */
export function zstdExtent(buffer: Buffer): ZstdExtent {
  let boundBytes = 0;
  let claimedBytes: number | undefined = 0;
  let position = 0;
  do {
    need(buffer, position, 8);
    const magic = buffer.readUInt32LE(position);
    if ((magic & 0xffff_fff0) >>> 0 === SKIPPABLE_MAGIC) {
      position += 8 + buffer.readUInt32LE(position + 4);
      continue;
    }
    if (magic !== FRAME_MAGIC) throw new RecordsError("records do not begin with a zstd frame");
    const header = readFrameHeader(buffer, position);
    claimedBytes = claimedBytes === undefined || header.claimedBytes === undefined ? undefined : claimedBytes + header.claimedBytes;
    const blocks = walkBlocks(buffer, position + header.bytes, header.blockBytesMax);
    boundBytes += blocks.boundBytes;
    position = blocks.end + header.checksumBytes;
  } while (position < buffer.length);
  return { boundBytes, claimedBytes };
}

function need(buffer: Buffer, position: number, count: number): void {
  if (position + count > buffer.length) throw new RecordsError("a zstd frame is cut off");
}

function readFrameHeader(buffer: Buffer, position: number): FrameHeader {
  const descriptor = buffer[position + 4] as number;
  if ((descriptor & 0x08) !== 0) throw new RecordsError("a zstd frame's descriptor is damaged");
  const singleSegment = (descriptor & 0x20) !== 0;
  const windowBytes = singleSegment ? 0 : 1;
  const dictionaryIdBytes = DICTIONARY_ID_BYTES[(descriptor & 3) as 0 | 1 | 2 | 3];
  const contentSizeBytes = descriptor < 0x40 && singleSegment ? 1 : CONTENT_SIZE_BYTES[(descriptor >> 6) as 0 | 1 | 2 | 3];
  const contentSizeAt = position + 5 + windowBytes + dictionaryIdBytes;
  need(buffer, contentSizeAt, contentSizeBytes);
  const claimedBytes = contentSizeBytes === 0 ? undefined : readContentSize(buffer, contentSizeAt, contentSizeBytes);
  const window = singleSegment ? (claimedBytes ?? 0) : windowSize(buffer[position + 5] as number);
  if (!singleSegment && window > WINDOW_BYTES_MAX) throw new RecordsError(`a zstd frame wants a window of ${window} bytes`);
  return {
    bytes: contentSizeAt + contentSizeBytes - position,
    blockBytesMax: Math.min(window, BLOCK_BYTES_MAX),
    claimedBytes,
    checksumBytes: (descriptor & 0x04) === 0 ? 0 : 4,
  };
}

function windowSize(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

function readContentSize(buffer: Buffer, position: number, count: 1 | 2 | 4 | 8): number {
  if (count === 8) return buffer.readUInt32LE(position) + buffer.readUInt32LE(position + 4) * 2 ** 32;
  return count === 2 ? buffer.readUInt16LE(position) + 256 : buffer.readUIntLE(position, count);
}

/** Where the frame's blocks end, and how much they can hold. */
function walkBlocks(buffer: Buffer, from: number, blockBytesMax: number): { readonly end: number; readonly boundBytes: number } {
  let boundBytes = 0;
  for (let position = from; ; ) {
    need(buffer, position, 3);
    const header = buffer.readUIntLE(position, 3);
    const type = (header >> 1) & 3;
    const size = header >> 3;
    if (type === 3) throw new RecordsError("a zstd block is of a reserved type");
    boundBytes += type === 2 ? blockBytesMax : size;
    position += 3 + (type === 1 ? 1 : size);
    need(buffer, position, 0);
    if ((header & 1) === 1) return { end: position, boundBytes };
  }
}
