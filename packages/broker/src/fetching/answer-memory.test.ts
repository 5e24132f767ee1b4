import { describe, expect, it } from "vitest";
import { answerMemory } from "./answer-memory.js";

const MIB = 1024 * 1024;

describe("answerMemory", () => {
  it("gives no one all that is left, and nothing beyond its bound", () => {
    const memory = answerMemory(64 * MIB);
    expect(memory.reserve(50 * MIB).bytes).toBe(16 * MIB);
    expect(memory.reserve(50 * MIB).bytes).toBe(12 * MIB);
    expect(memory.reserve(MIB).bytes).toBe(MIB);
    for (let i = 0; i < 200; i++) memory.reserve(50 * MIB);
    expect(memory.heldBytes()).toBe(64 * MIB);
    expect(memory.reserve(1).bytes).toBe(0);
  });

  it("holds what was kept, though it be more, until that is released, once", () => {
    const memory = answerMemory(8 * MIB);
    const first = memory.reserve(MIB);
    first.keep(10);
    expect(memory.heldBytes()).toBe(10);
    const second = memory.reserve(1);
    second.keep(20 * MIB);
    expect(memory.reserve(MIB).bytes).toBe(0);
    second.release();
    second.release();
    first.release();
    expect(memory.heldBytes()).toBe(0);
  });
});
