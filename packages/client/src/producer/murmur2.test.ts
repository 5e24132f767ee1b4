import { expect, it } from "vitest";
import { murmur2 } from "./murmur2.js";
import { keyPartition } from "./partitioner.js";

/** Key, org.apache.kafka.common.utils.Utils.murmur2 of its UTF-8, and its partition of ten: as Kafka 4.3.1 computes them. */
const VECTORS: readonly (readonly [string, number, number])[] = [
  ["", 275646681, 1],
  ["2", 648968168, 8],
  ["21", -973932308, 0],
  ["abc", 479470107, 7],
  ["foobar", -790332482, 6],
  ["a-little-bit-long-string", -985981536, 2],
  ["a-little-bit-longer-string", -1486304829, 9],
  ["lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971, 7],
  ["größe", 588164084, 4],
  ["日本語", 1431860170, 0],
  ["🙂🙃", -518451359, 9],
];

it.each(VECTORS)("hashes %j as Java does", (key, hash, partition) => {
  expect(murmur2(Buffer.from(key))).toBe(hash);
  expect(keyPartition(key, 10)).toBe(partition);
  expect(keyPartition(Buffer.from(key), 10)).toBe(partition);
});

it("takes bytes as unsigned, and as many as it is told", () => {
  const all = Uint8Array.from({ length: 256 }, (_, i) => i);
  expect(murmur2(all)).toBe(-1948347274);
  expect(murmur2(all.subarray(125))).toBe(-1267773073);
  expect(murmur2(Uint8Array.of(50, 49, 7, 7), 2)).toBe(-973932308);
});

it("hashes strings that are longer than its scratch memory", () => {
  const long = "ö".repeat(5000);
  expect(keyPartition(long, 1000)).toBe(keyPartition(Buffer.from(long), 1000));
});
