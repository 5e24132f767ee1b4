// Batches one behind another, damaged anywhere: all others are found, and none that was not written.
import { checkStoredBatch } from "@moldau/records";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { batchAt } from "../log/testing/batches.js";
import { type ByteSource, memorySource, plainBatches, type Stretch } from "./plain-batches.js";

/** Gives no more than it was asked for, and takes it back with the next call. */
function strictSource(bytes: Uint8Array): ByteSource {
  let given = new Uint8Array();
  return {
    sizeBytes: bytes.length,
    async read(position, lengthBytes) {
      given.fill(0xee);
      given = Uint8Array.from(bytes.subarray(position, position + lengthBytes));
      return given;
    },
  };
}

async function stretches(source: ByteSource) {
  const found: Stretch[] = [];
  for await (const one of plainBatches(source)) found.push(one.kind === "batch" ? { ...one, bytes: one.bytes.slice() } : one);
  return found;
}

const written = Array.from({ length: 12 }, (_, index) => batchAt(index * 3, { count: 3, valueBytes: 20 + index * 37 }));
const starts = written.map((_, index) => written.slice(0, index).reduce((sum, { length }) => sum + length, 0));
const whole = Buffer.concat(written);

describe("batches that lie one after another", () => {
  it("are found", async () => {
    const found = await stretches(strictSource(whole));
    expect(found.map((one) => [one.kind, one.position])).toEqual(starts.map((position) => ["batch", position]));
  });

  it("are found around any damage, which is named by its batch", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (position, bits) => {
        const bytes = Uint8Array.from(whole);
        bytes[position] = (bytes[position] ?? 0) ^ bits;
        const hit = starts.findLastIndex((start) => start <= position);
        const found = await stretches(strictSource(bytes));
        const intact = found.flatMap((one) => (one.kind === "batch" && !one.fault ? [one.position] : []));
        const damaged = found.filter((one) => one.kind !== "batch" || one.fault);
        // Base offset and leader epoch lie outside the batch's own checksum.
        const within = position - (starts[hit] ?? 0);
        const covered = within >= 16 || (within >= 8 && within < 12);
        expect(intact).toEqual(starts.filter((_, index) => !covered || index !== hit));
        expect(damaged.map((one) => one.position)).toEqual(covered ? [starts[hit]] : []);
      }),
      { numRuns: 300 },
    );
  });

  it("may be cut off at the end, or have space prepared behind them", async () => {
    const cut = await stretches(strictSource(whole.subarray(0, whole.length - 10)));
    expect(cut.at(-1)).toMatchObject({ kind: "cut-off", position: starts.at(-1) });
    const prepared = await stretches(strictSource(Buffer.concat([whole, Buffer.alloc(5_000)])));
    expect(prepared.at(-1)).toEqual({ kind: "zeros", position: whole.length, lengthBytes: 5_000 });
  });

  it("end where there is nothing but noise", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 2_000 }), async (noise) => {
        for (const one of await stretches(memorySource(noise))) {
          if (one.kind === "batch" && !one.fault) expect(checkStoredBatch(one.bytes, 0, one.bytes.length)).toBeUndefined();
        }
      }),
    );
  });
});
