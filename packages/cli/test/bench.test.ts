// `moldau bench` measures what it says it does.
import { expect, it } from "vitest";
import { onABroker } from "./on-a-broker.js";

const { moldau, objects } = onABroker();

it("sends, reads, and tells rates", async () => {
  await moldau("topic", "create", "bench", "-p", "2");
  expect(await objects("bench", "produce", "bench", "--records", "5000", "--size", "50", "-z", "lz4")).toMatchObject([
    { records: 5_000, bytes: 250_000, recordsPerSecond: expect.any(Number) },
  ]);
  const [read] = await objects("bench", "consume", "bench");
  expect(read).toMatchObject({ records: 5_000, bytes: 250_000 });
  const { code, out } = await moldau("bench", "consume", "bench", "--records", "10");
  expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/^RECORDS {2}SECONDS {2}RECORDS\/S +MB\/S\n +\d+ /) });
});

it("tells how long a record takes to be acknowledged, and to be read", async () => {
  await moldau("topic", "create", "latency");
  const [told] = await objects("bench", "latency", "latency", "--rate", "100", "--seconds", "1");
  const figures = { p50: expect.any(Number), p90: expect.any(Number), p99: expect.any(Number), "p99.9": expect.any(Number) };
  expect(told).toMatchObject({ rate: 100, milliseconds: { acknowledged: figures, read: { ...figures, max: expect.any(Number) } } });
  expect((await objects("topic", "describe", "latency"))[0]).toMatchObject({ partitions: [{ endOffset: 100 }] });
});
