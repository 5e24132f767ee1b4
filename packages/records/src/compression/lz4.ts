// The lz4 frame format. The library decodes a frame whole and without a bound, so the frame is walked first: its block headers say how
// much it can hold at most, and, where that is too much, the tokens of its blocks say how much it does hold.
//
//   04 22 4d 18 | FLG | BD | content size: 8? | dictionary id: 4? | header checksum | block* | 0: 4 | content checksum: 4?
//   block       = length: 4, highest bit set when stored as is | bytes | checksum: 4?
//   FLG         = bits 7-6 version 01, 5 independent blocks, 4 block checksums, 3 content size, 2 content checksum, 0 dictionary id
//   BD          = bits 6-4 the largest block: 4 → 64 KiB, 5 → 256 KiB, 6 → 1 MiB, 7 → 4 MiB.   All integers little-endian.
import { asBuffer } from "../bytes.js";
import { RecordsError } from "../errors.js";
import { type Codec, guarded, tooLarge } from "./codec.js";
import { lz4Library } from "./native.js";

const FRAME_MAGIC = 0x184d2204;
const DESCRIPTOR_AT = 4;
const STORED_BIT = 0x8000_0000;
const LENGTH_MASK = 0x7fff_ffff;
/** Matches are at least this long; their tokens count from it. */
const MATCH_BYTES_MIN = 4;

interface Block {
  readonly start: number;
  readonly end: number;
  readonly stored: boolean;
}

interface Frame {
  readonly blockBytesMax: number;
  readonly blocks: readonly Block[];
}

function readFrame(frame: Buffer): Frame {
  if (frame.length < 7 || frame.readUInt32LE(0) !== FRAME_MAGIC) throw new RecordsError("records do not begin with an lz4 frame");
  const flags = frame[DESCRIPTOR_AT] as number;
  const blockSizeId = ((frame[DESCRIPTOR_AT + 1] as number) >> 4) & 7;
  if (flags >> 6 !== 1 || blockSizeId < 4) throw new RecordsError("the lz4 frame's descriptor is damaged");
  const headerBytes = DESCRIPTOR_AT + 3 + ((flags & 0x08) === 0 ? 0 : 8) + ((flags & 0x01) === 0 ? 0 : 4);
  const checksumBytes = (flags & 0x10) === 0 ? 0 : 4;
  return { blockBytesMax: 2 ** (8 + 2 * blockSizeId), blocks: readBlocks(frame, headerBytes, checksumBytes) };
}

function readBlocks(frame: Buffer, from: number, checksumBytes: number): Block[] {
  const blocks: Block[] = [];
  for (let position = from; ; ) {
    if (position + 4 > frame.length) throw new RecordsError("the lz4 frame is cut off");
    const word = frame.readUInt32LE(position);
    if (word === 0) return blocks;
    const start = position + 4;
    const end = start + (word & LENGTH_MASK);
    if (end > frame.length) throw new RecordsError("an lz4 block is cut off");
    blocks.push({ start, end, stored: word >= STORED_BIT });
    position = end + checksumBytes;
  }
}

/** The most that the frame can hold. */
const boundBytes = ({ blocks, blockBytesMax }: Frame): number =>
  blocks.reduce((sum, { start, end, stored }) => sum + (stored ? end - start : blockBytesMax), 0);

/** What the frame does hold; the walk ends once it is more than `maxBytes`. */
function measureBytes(frame: Buffer, blocks: readonly Block[], maxBytes: number): number {
  let length = 0;
  for (const { start, end, stored } of blocks) {
    length += stored ? end - start : blockLength(frame, start, end);
    if (length > maxBytes) break;
  }
  return length;
}

/**
 * Uncompressed length of one compressed block, from its sequences:
 * token (literal length: 4 bits, match length: 4 bits) | more literal length* | literals | match offset: 2 | more match length*
 */
function blockLength(frame: Buffer, start: number, end: number): number {
  let length = 0;
  for (let position = start; position < end; ) {
    const token = frame[position++] as number;
    let literals = token >> 4;
    for (let more = literals === 15 ? 255 : 0; more === 255 && position < end; literals += more) more = frame[position++] as number;
    length += literals;
    position += literals + 2;
    // The last sequence is literals alone.
    if (position >= end) break;
    let match = token & 15;
    for (let more = match === 15 ? 255 : 0; more === 255 && position < end; match += more) more = frame[position++] as number;
    length += match + MATCH_BYTES_MIN;
  }
  return length;
}

function decompress(bytes: Uint8Array, maxBytes: number): Uint8Array {
  const buffer = asBuffer(bytes);
  const frame = readFrame(buffer);
  if (boundBytes(frame) > maxBytes && measureBytes(buffer, frame.blocks, maxBytes) > maxBytes) throw tooLarge(maxBytes);
  return lz4Library().decompressFrameSync(buffer);
}

export const lz4: Codec = {
  // The library has one level; Kafka's 1 to 17 are accepted and mean the same.
  compress: (bytes) => lz4Library().compressFrameSync(asBuffer(bytes)),
  decompress: (bytes, maxBytes) => guarded("lz4", () => decompress(bytes, maxBytes)),
};
