// snappy, in the two framings that producers send: one raw block, or the chunks of the Java library (xerial), which is what we write,
// since every client reads it and Java clients before 0.8 read nothing else.
//
//   raw      [uncompressed length: varint] [elements …]
//   xerial   82 'SNAPPY' 00 | version: int32 | lowest compatible version: int32 | ( length: int32 | raw block )*
import { readInt32, writeInt32 } from "../bytes.js";
import { RecordsError } from "../errors.js";
import { type Codec, guarded, tooLarge } from "./codec.js";
import { snappyLibrary } from "./native.js";

const XERIAL_MAGIC = [0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00] as const;
const XERIAL_HEADER_BYTES = 16;
const XERIAL_VERSION = 1;
/** Uncompressed bytes of a chunk: what Java's writer takes. */
const CHUNK_BYTES = 32 * 1024;
/** A longer preamble would pass 2^32. */
const PREAMBLE_BYTES_MAX = 5;

/** Results copied into Node's memory come six times as fast as results handed over, which the garbage collector has to be told of. */
const COPIED = { copyOutputData: true } as const;

const isXerial = (bytes: Uint8Array): boolean =>
  bytes.length >= XERIAL_HEADER_BYTES && XERIAL_MAGIC.every((byte, index) => bytes[index] === byte);

/** The uncompressed length that a raw block begins with, and which the library allocates at once. */
function rawLength(block: Uint8Array): number {
  let length = 0;
  for (let index = 0; index < Math.min(PREAMBLE_BYTES_MAX, block.length); index++) {
    const byte = block[index] as number;
    length += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return length;
  }
  throw new RecordsError("a snappy block does not begin with its length");
}

function decompressRaw(block: Uint8Array): Uint8Array {
  return snappyLibrary().uncompressSync(block, { asBuffer: true, ...COPIED }) as Buffer;
}

/** The raw blocks within xerial's framing. */
function xerialBlocks(bytes: Uint8Array): Uint8Array[] {
  const blocks: Uint8Array[] = [];
  for (let position = XERIAL_HEADER_BYTES; position < bytes.length; ) {
    if (position + 4 > bytes.length) throw new RecordsError("a snappy chunk is cut off");
    const length = readInt32(bytes, position);
    position += 4;
    if (length < 0 || length > bytes.length - position) throw new RecordsError("a snappy chunk is longer than the records");
    if (length > 0) blocks.push(bytes.subarray(position, position + length));
    position += length;
  }
  return blocks;
}

function compress(bytes: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [new Uint8Array(XERIAL_HEADER_BYTES)];
  const header = parts[0] as Uint8Array;
  header.set(XERIAL_MAGIC);
  writeInt32(header, 8, XERIAL_VERSION);
  writeInt32(header, 12, XERIAL_VERSION);
  for (let position = 0; position < bytes.length; position += CHUNK_BYTES) {
    const block = snappyLibrary().compressSync(bytes.subarray(position, position + CHUNK_BYTES), COPIED);
    const length = new Uint8Array(4);
    writeInt32(length, 0, block.length);
    parts.push(length, block);
  }
  return Buffer.concat(parts);
}

function decompress(bytes: Uint8Array, maxBytes: number): Uint8Array {
  const blocks = isXerial(bytes) ? xerialBlocks(bytes) : [bytes];
  const length = blocks.reduce((sum, block) => sum + rawLength(block), 0);
  if (length > maxBytes) throw tooLarge(maxBytes);
  const [first, ...rest] = blocks;
  if (first === undefined) return new Uint8Array(0);
  return rest.length === 0 ? decompressRaw(first) : Buffer.concat(blocks.map(decompressRaw), length);
}

export const snappy: Codec = {
  compress,
  decompress: (bytes, maxBytes) => guarded("snappy", () => decompress(bytes, maxBytes)),
};
