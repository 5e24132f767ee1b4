// Memory for request frames that are too large for the landing buffer: pooled by size class and reused, because the first touch of
// fresh memory costs more than the copy it saves. What connections hold together has a bound; at it they stop reading.
import { assert } from "@moldau/std";

const SMALLEST_CLASS_BYTES = 64 * 1024;
const LARGEST_POOLED_BYTES = 4 * 1024 * 1024;
/** Idle buffers kept for the next frames. */
const POOLED_BYTES = 16 * 1024 * 1024;

export interface FrameBuffer {
  /** Exactly the frame's bytes. */
  readonly bytes: Uint8Array;
  /** Gives the memory back. Once; nothing may refer to `bytes` any more. */
  release(): void;
}

export interface FrameMemory {
  /** Memory for a frame, or undefined when the bound is reached: then ask `whenFree`. */
  take(lengthBytes: number): FrameBuffer | undefined;
  /** Calls back when memory was given back, in order of asking. */
  whenFree(retry: () => void): void;
  heldBytes(): number;
  /** Whether somebody waits. */
  contended(): boolean;
}

/** `boundBytes` limits the sum of frames held; a single frame may exceed it when nothing else is held. */
export function frameMemory(boundBytes: number): FrameMemory {
  const idle = new Map<number, Uint8Array[]>();
  const waiting: (() => void)[] = [];
  let held = 0;
  let idleBytes = 0;

  const give = (memory: Uint8Array) => {
    held -= memory.length;
    assert(held >= 0, "frame memory was given back twice");
    if (memory.length <= LARGEST_POOLED_BYTES && idleBytes + memory.length <= POOLED_BYTES) {
      const list = idle.get(memory.length);
      if (list) list.push(memory);
      else idle.set(memory.length, [memory]);
      idleBytes += memory.length;
    }
    const woken = waiting.splice(0);
    for (const retry of woken) retry();
  };

  return {
    heldBytes: () => held,
    contended: () => waiting.length > 0,
    whenFree: (retry) => void waiting.push(retry),
    take(lengthBytes) {
      const classBytes = sizeClass(lengthBytes);
      if (held > 0 && held + classBytes > boundBytes) return undefined;
      held += classBytes;
      const pooled = idle.get(classBytes)?.pop();
      if (pooled) idleBytes -= classBytes;
      const memory = pooled ?? Buffer.allocUnsafeSlow(classBytes);
      let released = false;
      return {
        bytes: memory.subarray(0, lengthBytes),
        release() {
          assert(!released, "a frame was released twice");
          released = true;
          give(memory);
        },
      };
    },
  };
}

/** Powers of two while pooled, exact beyond. */
function sizeClass(lengthBytes: number): number {
  if (lengthBytes > LARGEST_POOLED_BYTES) return lengthBytes;
  let bytes = SMALLEST_CLASS_BYTES;
  while (bytes < lengthBytes) bytes *= 2;
  return bytes;
}
