// gzip (RFC 1952), by Node's zlib. Several members after one another are read as one.
import { gunzipSync, gzipSync } from "node:zlib";
import { type Codec, guarded, tooLarge } from "./codec.js";

/** Shortest member: header, empty deflate block, crc and size. */
const MEMBER_BYTES_MIN = 20;
/** Deflate cannot shrink by more: a trailer that claims more is not believed. */
const RATIO_MAX = 1032;
const CHUNK_BYTES_MIN = 1024;

/** How much to allocate first: the size in the last member's trailer, within reason. */
function chunkBytes(bytes: Uint8Array, maxBytes: number): number {
  if (bytes.length < MEMBER_BYTES_MIN) return CHUNK_BYTES_MIN;
  const claimed = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 4, 4).getUint32(0, true);
  // One byte more than it holds spares zlib the second chunk in which it would learn that this was all.
  return Math.max(CHUNK_BYTES_MIN, Math.min(claimed + 1, maxBytes + 1, bytes.length * RATIO_MAX));
}

export const gzip: Codec = {
  compress: (bytes, level) => gzipSync(bytes, level === undefined ? {} : { level }),

  decompress: (bytes, maxBytes) =>
    guarded("gzip", () => {
      try {
        return gunzipSync(bytes, { maxOutputLength: maxBytes, chunkSize: chunkBytes(bytes, maxBytes) });
      } catch (cause) {
        if (cause instanceof RangeError && "code" in cause && cause.code === "ERR_BUFFER_TOO_LARGE") throw tooLarge(maxBytes);
        throw cause;
      }
    }),
};
