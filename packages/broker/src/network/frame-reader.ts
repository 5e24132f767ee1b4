// Cuts a connection's bytes into frames: a 4-byte big-endian length, then that many bytes.
//
// Small frames arrive in the landing buffer, which all connections share, and are copied out. A frame that does not fit there gets
// memory of its own, and the kernel reads the rest of it straight into place.
import type { FrameBuffer, FrameMemory } from "./frame-memory.js";

const LENGTH_BYTES = 4;
const LANDING_BYTES = 16 * 1024;
/** Shared: used only between a read and the end of its callback. */
const landing = Buffer.allocUnsafeSlow(LANDING_BYTES);

const nothingToRelease = () => {};

/** What the reader tells its connection. */
export interface FrameListener {
  /** A whole frame. The listener releases it. */
  frame(frame: FrameBuffer): void;
  /** The peer announced a length no frame may have: the connection is beyond repair. */
  badLength(lengthBytes: number): void;
  /** No memory for the next frame: stop reading until `retry` was called. */
  noMemory(): void;
}

export interface FrameReader {
  space(): Uint8Array;
  received(count: number): void;
  /** After `noMemory`: tries again; false when there still is none. */
  retry(): boolean;
  /** When (as `now` tells) the frame under way got memory of its own; undefined when none has. */
  beganMs(): number | undefined;
  /** Gives back the memory of a frame that will never be whole. */
  abandon(): void;
}

/** `maxFrameBytes`: socket.request.max.bytes. `now`: monotonic milliseconds. */
export function frameReader(memory: FrameMemory, maxFrameBytes: number, now: () => number, listener: FrameListener): FrameReader {
  // The frame under way: memory of its own, and how much of it has come.
  let open: FrameBuffer | undefined;
  let filled = 0;
  let beganMs = 0;
  // Bytes of an incomplete length or small frame, kept between reads.
  let carried = Buffer.alloc(0);
  // Whether the space last given was the landing buffer: it may be filled after a frame got memory of its own.
  let landed = true;
  let broken = false;

  /** Frames from `bytes`; what is left of them is carried or begins a frame with memory of its own. */
  const cut = (bytes: Buffer): void => {
    let position = 0;
    while (!broken && bytes.length - position >= LENGTH_BYTES) {
      const length = bytes.readInt32BE(position);
      if (length < 0 || length > maxFrameBytes) {
        broken = true;
        listener.badLength(length);
        return;
      }
      const start = position + LENGTH_BYTES;
      if (bytes.length - start >= length) {
        position = start + length;
        listener.frame({ bytes: Buffer.from(bytes.subarray(start, position)), release: nothingToRelease });
        continue;
      }
      if (length + LENGTH_BYTES <= LANDING_BYTES) break;
      if (begin(length, bytes.subarray(start))) return;
      listener.noMemory();
      break;
    }
    carried = Buffer.from(bytes.subarray(position));
  };

  /** Starts a frame that needs memory of its own with the bytes that have come; false when there is no memory now. */
  const begin = (length: number, first: Uint8Array): boolean => {
    open = memory.take(length);
    if (!open) return false;
    carried = Buffer.alloc(0);
    open.bytes.set(first);
    filled = first.length;
    beganMs = now();
    return true;
  };

  const finish = (whole: FrameBuffer) => {
    open = undefined;
    listener.frame(whole);
  };

  return {
    space() {
      landed = open === undefined;
      return open ? open.bytes.subarray(filled) : landing;
    },
    received(count) {
      if (broken) return;
      if (!landed && open) {
        filled += count;
        if (filled === open.bytes.length) finish(open);
        return;
      }
      let fresh = landing.subarray(0, count);
      if (open) {
        const taken = Math.min(count, open.bytes.length - filled);
        open.bytes.set(fresh.subarray(0, taken), filled);
        filled += taken;
        if (filled < open.bytes.length) return;
        fresh = fresh.subarray(taken);
        finish(open);
      }
      if (fresh.length > 0) cut(carried.length === 0 ? fresh : Buffer.concat([carried, fresh]));
    },
    retry() {
      if (broken || open || carried.length < LENGTH_BYTES) return true;
      const length = carried.readInt32BE(0);
      return length + LENGTH_BYTES <= LANDING_BYTES || begin(length, carried.subarray(LENGTH_BYTES));
    },
    beganMs: () => (open ? beganMs : undefined),
    abandon() {
      broken = true;
      open?.release();
      open = undefined;
      carried = Buffer.alloc(0);
    },
  };
}
