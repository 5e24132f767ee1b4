// zstd (RFC 8878). The native library decodes without a bound, and Java's frames do not say how much they hold: what their blocks can
// hold at most decides for nearly all. The rest (blocks that are small, but many) is first measured by a slower decoder that streams.
import { asBuffer } from "../bytes.js";
import { type Codec, guarded, tooLarge } from "./codec.js";
import { zstdLibrary, zstdStreamLibrary } from "./native.js";
import { zstdExtent } from "./zstdFrame.js";

type ZstdLibrary = ReturnType<typeof zstdLibrary>;
type Encoder = InstanceType<ZstdLibrary["Encoder"]>;
type Decoder = InstanceType<ZstdLibrary["Decoder"]>;

const DEFAULT_LEVEL = 3;
/** Compressed bytes fed at once while measuring: what one feed decodes to is held in memory. */
const MEASURE_STEP_BYTES = 1024;

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

/** Throws the refusal once more than `maxBytes` came out. */
function measure(bytes: Uint8Array, maxBytes: number): void {
  let length = 0;
  const stream = new (zstdStreamLibrary().Decompress)((chunk) => {
    length += chunk.length;
    if (length > maxBytes) throw tooLarge(maxBytes);
  });
  for (let position = 0; position < bytes.length; position += MEASURE_STEP_BYTES) {
    stream.push(bytes.subarray(position, position + MEASURE_STEP_BYTES), position + MEASURE_STEP_BYTES >= bytes.length);
  }
}

function decompress(bytes: Uint8Array, maxBytes: number): Uint8Array {
  const buffer = asBuffer(bytes);
  const { boundBytes, claimedBytes } = zstdExtent(buffer);
  if (claimedBytes !== undefined && claimedBytes > maxBytes) throw tooLarge(maxBytes);
  if (boundBytes > maxBytes) measure(bytes, maxBytes);
  decoder ??= new (zstdLibrary().Decoder)();
  return decoder.decodeSync(buffer);
}

export const zstd: Codec = {
  compress: (bytes, level = DEFAULT_LEVEL) => encoderOf(level).encodeSync(asBuffer(bytes)),
  decompress: (bytes, maxBytes) => guarded("zstd", () => decompress(bytes, maxBytes)),
};
