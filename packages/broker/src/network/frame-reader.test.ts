import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type FrameMemory, frameMemory } from "./frame-memory.js";
import { frameReader } from "./frame-reader.js";

const MAX_FRAME = 1_000_000;

function framed(body: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length);
  return Buffer.concat([length, body]);
}

function world(memory: FrameMemory = frameMemory(64 * 1024 * 1024)) {
  const frames: Buffer[] = [];
  const bad: number[] = [];
  let starved = 0;
  const reader = frameReader(memory, MAX_FRAME, () => 0, {
    frame(frame) {
      frames.push(Buffer.from(frame.bytes));
      frame.release();
    },
    badLength: (length) => bad.push(length),
    noMemory: () => {
      starved++;
    },
  });
  /** As the network does it: what fits the space, no more. */
  const send = (bytes: Buffer, step: number) => {
    for (let at = 0; at < bytes.length; ) {
      const space = reader.space();
      const count = Math.min(space.length, step, bytes.length - at);
      bytes.copy(space as Buffer, 0, at, at + count);
      reader.received(count);
      at += count;
    }
  };
  return { reader, frames, bad, send, memory, starved: () => starved };
}

describe("frameReader", () => {
  it("gives the frames that were sent, however the bytes are cut", () => {
    const body = fc.integer({ min: 0, max: 200_000 }).map((length) => Buffer.alloc(length, length));
    const property = fc.property(fc.array(body, { maxLength: 6 }), fc.integer({ min: 1, max: 70_000 }), (bodies, step) => {
      const { frames, send, memory } = world();
      send(Buffer.concat(bodies.map(framed)), Math.max(step, 50));
      expect(frames.map((frame) => frame.length)).toEqual(bodies.map((b) => b.length));
      expect(frames.every((frame, i) => frame.equals(bodies[i] as Buffer))).toBe(true);
      expect(memory.heldBytes()).toBe(0);
    });
    fc.assert(property, { numRuns: 60 });
  });

  it("reads byte by byte", () => {
    const { frames, send } = world();
    send(Buffer.concat([framed(Buffer.from("abc")), framed(Buffer.from("")), framed(Buffer.from("d"))]), 1);
    expect(frames.map(String)).toEqual(["abc", "", "d"]);
  });

  it.each([-1, -(2 ** 31), MAX_FRAME + 1, 2 ** 31 - 1])("refuses a length of %i and reads no further", (length) => {
    const { bad, frames, send } = world();
    const bytes = Buffer.alloc(4);
    bytes.writeInt32BE(length);
    send(Buffer.concat([bytes, framed(Buffer.from("x"))]), 100);
    expect(bad).toEqual([length]);
    expect(frames).toEqual([]);
  });

  it("waits for memory and goes on where it was", () => {
    const memory = frameMemory(100_000);
    const other = memory.take(80_000);
    const { reader, frames, send, starved } = world(memory);
    const body = Buffer.alloc(60_000, 7);
    const bytes = framed(body);
    send(bytes.subarray(0, 1_000), 1_000);
    expect(starved()).toBe(1);
    expect(reader.retry()).toBe(false);
    other?.release();
    expect(reader.retry()).toBe(true);
    send(bytes.subarray(1_000), 16_000);
    expect(frames[0]?.equals(body)).toBe(true);
  });

  it("fills a frame from bytes that landed before its memory was there", () => {
    const memory = frameMemory(100_000);
    const other = memory.take(80_000);
    const { reader, frames, memory: same } = world(memory);
    const bytes = Buffer.concat([framed(Buffer.alloc(20_000, 3)), framed(Buffer.from("next"))]);
    let at = 0;
    const give = (space: Uint8Array, count: number) => {
      bytes.copy(space as Buffer, 0, at, at + count);
      at += count;
      reader.received(count);
    };
    give(reader.space(), 16_000);
    const landing = reader.space();
    other?.release();
    expect(reader.retry()).toBe(true);
    give(landing, bytes.length - 16_000);
    expect(frames.map((frame) => frame.length)).toEqual([20_000, 4]);
    expect(same.heldBytes()).toBe(0);
  });

  it("gives memory back when the connection ends within a frame", () => {
    const { reader, send, memory } = world();
    send(framed(Buffer.alloc(100_000)).subarray(0, 50_000), 50_000);
    expect(memory.heldBytes()).toBeGreaterThan(0);
    reader.abandon();
    expect(memory.heldBytes()).toBe(0);
  });
});
