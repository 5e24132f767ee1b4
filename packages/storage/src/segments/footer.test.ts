import { writeInt53LE } from "@moldau/std";
import { describe, expect, it } from "vitest";
import { footerWriter, openFooter } from "./footer.js";
import type { Chunk } from "./segment.js";
import { partitionOf } from "./segment-samples.js";

const chunk = (baseOffset: number, position: number): Chunk => ({
  baseOffset,
  lastOffset: baseOffset + 9,
  maxTimestamp: -1,
  position,
  lengthBytes: 100,
  crc: 7,
});
const RUNS = [
  { partition: partitionOf(1), chunks: [chunk(0, 4096), chunk(10, 4196)] },
  { partition: partitionOf(2), chunks: [chunk(50, 4296)] },
];
const END = 4396;
const CHUNKS_FROM = 8 + 2 * 28;

function footer(): Buffer {
  const writer = footerWriter();
  for (const { partition, chunks } of RUNS) writer.add(partition, chunks);
  return Buffer.concat(writer.parts());
}

it("gives back the runs as written", () => {
  const opened = openFooter(footer(), END, "dense");
  if (typeof opened === "string") throw new Error(opened);
  expect([opened.run(0), opened.run(1)]).toEqual(RUNS);
});

it("finds a run by its first byte, and a chunk by offset", () => {
  const opened = openFooter(footer(), END, "dense");
  if (typeof opened === "string") throw new Error(opened);
  expect(opened.chunksAt(4296)?.chunk(0)).toEqual(chunk(50, 4296));
  const chunks = opened.chunksAt(4096);
  expect([0, 9, 10, 19, 20].map((offset) => chunks?.firstEndingAt(offset))).toEqual([0, 0, 1, 1, 2]);
  for (const position of [0, 4196, 4297, 9999]) expect(opened.chunksAt(position)).toBeUndefined();
});

it.each([
  ["a run that begins at another's chunk", (bytes: Buffer) => bytes.writeUInt32LE(1, 8 + 20)],
  ["a run without chunks", (bytes: Buffer) => bytes.writeUInt32LE(0, 8 + 24)],
  ["runs with more chunks than there are", (bytes: Buffer) => bytes.writeUInt32LE(2, 8 + 28 + 24)],
  ["a chunk that lies elsewhere", (bytes: Buffer) => writeInt53LE(bytes, CHUNKS_FROM + 24, 4097)],
  ["a chunk that is longer than to the next", (bytes: Buffer) => bytes.writeUInt32LE(101, CHUNKS_FROM + 32)],
  ["an offset beyond 2^53", (bytes: Buffer) => bytes.writeUInt32LE(2 ** 31, CHUNKS_FROM + 8 + 4)],
  ["more runs than fit", (bytes: Buffer) => bytes.writeUInt32LE(2 ** 32 - 1, 0)],
])("refuses %s", (_, damage) => {
  const bytes = footer();
  damage(bytes);
  expect(openFooter(bytes, END, "dense")).toEqual(expect.any(String));
});

it("refuses a footer that stands elsewhere", () => {
  expect(openFooter(footer(), END + 1, "dense")).toEqual(expect.any(String));
  expect(openFooter(footer().subarray(0, 7), END, "dense")).toEqual(expect.any(String));
});

describe("a scattered footer", () => {
  const scattered = (...runs: readonly (readonly Chunk[])[]) => {
    const writer = footerWriter();
    for (const [index, chunks] of runs.entries()) writer.add(partitionOf(index), chunks);
    return openFooter(Buffer.concat(writer.parts()), 10_000, "scattered");
  };

  it("has runs whose chunks lie in turns, with other bytes between", () => {
    const runs = [
      [chunk(0, 4200), chunk(10, 5000)],
      [chunk(50, 4500), chunk(60, 9900)],
    ];
    const opened = scattered(...runs);
    if (typeof opened === "string") throw new Error(opened);
    expect(opened.chunksAt(4500)?.chunk(1)).toEqual(chunk(60, 9900));
    expect(opened.run(0).chunks).toEqual(runs[0]);
  });

  it("is refused when its chunks overlap, lie outside, or its runs are out of order", () => {
    expect(scattered([chunk(0, 4200), chunk(10, 4299)])).toEqual(expect.any(String));
    expect(scattered([chunk(0, 4000)])).toEqual(expect.any(String));
    expect(scattered([chunk(0, 9901)])).toEqual(expect.any(String));
    expect(scattered([chunk(0, 4500)], [chunk(0, 4200)])).toEqual(expect.any(String));
  });
});
