import { memoryDisk, memoryNetwork } from "@moldau/env";
import { Fetch } from "@moldau/protocol";
import { memoryMedium } from "@moldau/storage";
import { describe, expect, it } from "vitest";
import { testBroker } from "./testing/test-broker.js";
import { batchOf, createTopic, fetchFrom, produce, valuesIn } from "./testing/topics.js";

const memory = memoryNetwork();
const network = { network: memory, connect: (port: number) => memory.connect({ host: "broker", port }) };

describe("a broker", () => {
  it("lets go of its data when it cannot listen", async () => {
    const disk = memoryDisk();
    const other = await testBroker({ network });
    await expect(testBroker({ disk, network, port: other.running.port })).rejects.toThrow("in use");
    const again = await testBroker({ disk, network });
    await again.stop();
    await other.stop();
  });

  it("has after a stop what it had before: topics, records, and who wrote them", async () => {
    const disk = memoryDisk();
    const medium = memoryMedium();
    const first = await testBroker({ disk, medium });
    await createTopic(first.connect(), "t");
    const batch = () => batchOf(["a"], { producerId: 9, producerEpoch: 0, baseSequence: 0 });
    await produce(first.connect(), "t", batch());
    await first.stop();
    const second = await testBroker({ disk, medium });
    expect(second.running.clusterId).toBe(first.running.clusterId);
    expect(valuesIn((await fetchFrom(second.connect(), "t", 0)).records)).toEqual(["a"]);
    expect(await produce(second.connect(), "t", batch())).toMatchObject({ errorCode: 0, baseOffset: 0 });
    await second.stop();
  });

  it("says that it stops, answers those who wait, and stops once", async () => {
    const broker = await testBroker();
    const client = broker.connect();
    await createTopic(client, "t");
    const partitions = [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1_000 }];
    const waiting = client.ask(Fetch, 12, { maxWaitMs: 2 ** 31 - 1, minBytes: 1, topics: [{ topic: "t", partitions }] });
    await fetchFrom(broker.connect(), "t", 0);
    expect(broker.running.health()).toEqual({ status: "ok" });
    const stopped = broker.running.stop({ drainMs: 2 ** 31 - 1 });
    expect(broker.running.health()).toEqual({ status: "stopping" });
    expect((await waiting).errorCode).toBe(0);
    expect(broker.running.stop()).toBe(stopped);
    await stopped;
  });
});
