// The lz4 frame format, around the library's block functions: its own frame functions are slower by far, and decode without a bound.
//
//   04 22 4d 18 | FLG | BD | content size: 8? | dictionary id: 4? | header checksum | block* | 0: 4 | content checksum: 4?
//   block       = length: 4, highest bit set when stored as is | bytes | checksum: 4?
//   FLG         = bits 7-6 version 01, 5 independent blocks, 4 block checksums, 3 content size, 2 content checksum, 0 dictionary id
//   BD          = bits 6-4 the largest block: 4 → 64 KiB, 5 → 256 KiB, 6 → 1 MiB, 7 → 4 MiB.   All integers little-endian.
//
// We write what Java's producer writes. The checksums are passed over: the batch has its own.
import { asBuffer } from "../bytes.js";
import { RecordsError } from "../errors.js";
import { type Codec, guarded, tooLarge } from "./codec.js";
import { lz4Library } from "./native.js";

const FRAME_MAGIC = 0x184d2204;
const DESCRIPTOR_AT = 4;
/** Version 01, independent blocks of up to 64 KiB, no checksums; and the checksum of that. */
const FRAME_HEADER = Buffer.from("04224d18604082", "hex");
const BLOCK_BYTES = 64 * 1024;
const END_MARK = Buffer.alloc(4);
/** Blocks of a frame whose blocks depend on each other refer back this far. */
const WINDOW_BYTES = 64 * 1024;
const STORED_BIT = 0x8000_0000;
const LENGTH_MASK = 0x7fff_ffff;
/** Matches are at least this long; their tokens count from it. */
const MATCH_BYTES_MIN = 4;
/** The library puts the uncompressed length before a block. */
const LENGTH_BYTES = 4;

interface Block {
  readonly start: number;
  readonly end: number;
  readonly stored: boolean;
}

interface Frame {
  readonly independent: boolean;
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
  return {
    independent: (flags & 0x20) !== 0,
    blockBytesMax: 2 ** (8 + 2 * blockSizeId),
    blocks: readBlocks(frame, headerBytes, checksumBytes),
  };
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

/** What a block holds. */
function uncompressedLength(frame: Buffer, { start, end, stored }: Block, { blockBytesMax }: Frame): number {
  const length = stored ? end - start : compressedLength(frame, start, end);
  if (length > blockBytesMax) throw new RecordsError(`an lz4 block holds ${length} bytes, beyond the frame's ${blockBytesMax}`);
  return length;
}

/**
 * Uncompressed length of one compressed block, from its sequences:
 * token (literal length: 4 bits, match length: 4 bits) | more literal length* | literals | match offset: 2 | more match length*
 */
function compressedLength(frame: Buffer, start: number, end: number): number {
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
  const lengths = frame.blocks.map((block) => uncompressedLength(buffer, block, frame));
  const total = lengths.reduce((sum, length) => sum + length, 0);
  if (total > maxBytes) throw tooLarge(maxBytes);
  const content = Buffer.allocUnsafe(total);
  let position = 0;
  for (const [index, block] of frame.blocks.entries()) {
    const length = lengths[index] as number;
    const before = frame.independent ? undefined : content.subarray(Math.max(0, position - WINDOW_BYTES), position);
    content.set(decompressBlock(buffer, block, length, before), position);
    position += length;
  }
  return content;
}

function decompressBlock(frame: Buffer, { start, end, stored }: Block, length: number, before: Buffer | undefined): Uint8Array {
  if (stored) return frame.subarray(start, end);
  const block = Buffer.allocUnsafe(LENGTH_BYTES + end - start);
  block.writeUInt32LE(length);
  block.set(frame.subarray(start, end), LENGTH_BYTES);
  const content = lz4Library().uncompressSync(block, before);
  if (content.length !== length) throw new RecordsError("an lz4 block is damaged");
  return content;
}

function compress(bytes: Uint8Array): Uint8Array {
  const buffer = asBuffer(bytes);
  const parts: Uint8Array[] = [FRAME_HEADER];
  for (let position = 0; position < buffer.length; position += BLOCK_BYTES) {
    const plain = buffer.subarray(position, position + BLOCK_BYTES);
    const compressed = lz4Library().compressSync(plain).subarray(LENGTH_BYTES);
    const stored = compressed.length >= plain.length;
    const length = Buffer.allocUnsafe(4);
    length.writeUInt32LE(stored ? plain.length + STORED_BIT : compressed.length);
    parts.push(length, stored ? plain : compressed);
  }
  return Buffer.concat([...parts, END_MARK]);
}

export const lz4: Codec = {
  // The library has one level; Kafka's 1 to 17 are accepted and mean the same.
  compress,
  decompress: (bytes, maxBytes) => guarded("lz4", () => decompress(bytes, maxBytes)),
};
