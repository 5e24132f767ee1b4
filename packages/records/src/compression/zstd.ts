// zstd (RFC 8878). The native library decodes without a bound, and Java's frames do not say how much they hold, so what their blocks
// can hold at most decides. Blocks are 128 KiB but for the last and where an encoder split one: records are refused too early only when
// they are within a small factor of the bound, and never below SLACK_BYTES, which is spent before we look.
import { asBuffer } from "../bytes.js";
import { type Codec, guarded, tooLarge } from "./codec.js";
import { zstdLibrary } from "./native.js";
import { zstdExtent } from "./zstd-frame.js";

type ZstdLibrary = ReturnType<typeof zstdLibrary>;
type Encoder = InstanceType<ZstdLibrary["Encoder"]>;
type Decoder = InstanceType<ZstdLibrary["Decoder"]>;

const DEFAULT_LEVEL = 3;
const SLACK_BYTES = 4 * 1024 * 1024;

const encoders = new Map<number, Encoder>();
let decoder: Decoder | undefined;

function encoderOf(level: number): Encoder {
  let encoder = encoders.get(level);
  if (!encoder) {
    encoder = new (zstdLibrary().Encoder)(level);
    encoders.set(level, encoder);
  }
  return encoder;
}

function decompress(bytes: Uint8Array, maxBytes: number): Uint8Array {
  const buffer = asBuffer(bytes);
  const { boundBytes, claimedBytes } = zstdExtent(buffer);
  if (boundBytes > Math.max(maxBytes, SLACK_BYTES) || (claimedBytes !== undefined && claimedBytes > maxBytes)) throw tooLarge(maxBytes);
  decoder ??= new (zstdLibrary().Decoder)();
  const decompressed = decoder.decodeSync(buffer);
  if (decompressed.length > maxBytes) throw tooLarge(maxBytes);
  return decompressed;
}

export const zstd: Codec = {
  compress: (bytes, level = DEFAULT_LEVEL) => encoderOf(level).encodeSync(asBuffer(bytes)),
  decompress: (bytes, maxBytes) => guarded("zstd", () => decompress(bytes, maxBytes)),
};
