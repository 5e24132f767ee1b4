// Cuts what a broker sends into frames. Large ones are read straight into the memory they stay in: records are views of it.
import { ClientError } from "../errors.js";

const SIZE_BYTES = 4;
const SCRATCH_BYTES = 64 * 1024;
/** A frame that misses as many bytes is read in place. */
const IN_PLACE_BYTES = 16 * 1024;
/** What no broker sends: a size beyond it means that it does not speak this protocol. */
const FRAME_BYTES_MAX = 1 << 30;

export interface FrameReader {
  space(): Uint8Array;
  /** Throws ClientError when what comes is no frame. */
  received(count: number): void;
}

/** `arrived` gets each frame without its size; the memory is its own from then on. */
export function frameReader(arrived: (frame: Buffer) => void): FrameReader {
  const size = Buffer.alloc(SIZE_BYTES);
  let sizeFilled = 0;
  let frame: Buffer | undefined;
  let filled = 0;
  let scratch: Buffer | undefined;
  let inPlace = false;

  const complete = () => {
    if (!frame || filled < frame.length) return;
    const whole = frame;
    frame = undefined;
    filled = 0;
    arrived(whole);
  };
  const begin = () => {
    const lengthBytes = size.readInt32BE(0);
    if (lengthBytes < 0 || lengthBytes > FRAME_BYTES_MAX) {
      throw new ClientError("CONNECTION_LOST", `a frame of ${lengthBytes} bytes: is this a Kafka broker, and without TLS?`);
    }
    sizeFilled = 0;
    frame = Buffer.allocUnsafeSlow(lengthBytes);
    filled = 0;
    complete();
  };

  return {
    space() {
      inPlace = frame !== undefined && frame.length - filled >= IN_PLACE_BYTES;
      if (frame && inPlace) return frame.subarray(filled);
      scratch ??= Buffer.allocUnsafeSlow(SCRATCH_BYTES);
      return scratch;
    },
    received(count) {
      if (inPlace) {
        filled += count;
        return complete();
      }
      const bytes = scratch as Buffer;
      for (let at = 0; at < count; ) {
        if (frame) {
          const taken = Math.min(frame.length - filled, count - at);
          bytes.copy(frame, filled, at, at + taken);
          filled += taken;
          at += taken;
          complete();
        } else {
          size[sizeFilled++] = bytes[at++] as number;
          if (sizeFilled === SIZE_BYTES) begin();
        }
      }
    },
  };
}
