// The same broker on what it runs on: sockets, files, the real clock.
import { mkdtempSync, rmSync } from "node:fs";
import { connect as dial } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Connection, nodeDisk, nodeNetwork, systemTimers } from "@moldau/env";
import { ApiVersions, Fetch, Metadata } from "@moldau/protocol";
import { localMedium } from "@moldau/storage";
import { afterEach, describe, expect, it } from "vitest";
import { brokersOfTests } from "../testing/brokers-of-tests.js";
import type { TestClient } from "../testing/test-client.js";
import { batchOf, createTopic, fetchFrom, produce, valuesIn } from "../testing/topics.js";

const MIB = 1024 * 1024;

/** A client's socket as a connection. */
function overTcp(port: number): Connection {
  const socket = dial(port, "127.0.0.1");
  socket.on("error", () => {});
  return {
    peer: `127.0.0.1:${port}`,
    peerHost: "127.0.0.1",
    open(sink) {
      socket.on("data", (bytes) => {
        for (let taken = 0; taken < bytes.length; ) {
          const space = sink.space();
          const count = Math.min(space.length, bytes.length - taken);
          space.set(bytes.subarray(taken, taken + count));
          sink.received(count);
          taken += count;
        }
      });
      socket.on("close", () => sink.closed(undefined));
    },
    write: (parts, flushed) => void socket.write(Buffer.concat(parts), () => flushed()),
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    end: () => void socket.end(),
    destroy: () => void socket.destroy(),
  };
}

const directories: string[] = [];
afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});
// What is registered last is done first: brokers stop, then their directories go.
const started = brokersOfTests();

async function start(properties: Readonly<Record<string, string>> = {}, dataDirectory = mkdtempSync(join(tmpdir(), "moldau-broker-"))) {
  if (!directories.includes(dataDirectory)) directories.push(dataDirectory);
  const disk = nodeDisk();
  const medium = localMedium({ disk, timers: systemTimers });
  const broker = await started({ disk, medium, dataDirectory, properties, network: { network: nodeNetwork(), connect: overTcp } });
  return { broker, dataDirectory };
}

const isServed = async (client: TestClient) => (await client.ask(ApiVersions, 0, {})).errorCode === 0;

describe("a broker on TCP and files", () => {
  it("keeps what it acknowledged over a restart", async () => {
    const { broker, dataDirectory } = await start();
    const client = broker.connect();
    await createTopic(client, "t");
    await produce(client, "t", batchOf(["a", "b"]));
    await produce(client, "t", batchOf(["c"], { producerId: 5, producerEpoch: 0, baseSequence: 0 }));
    await broker.stop();
    const { broker: again } = await start({}, dataDirectory);
    const reader = again.connect();
    expect(again.running.clusterId).toBe(broker.running.clusterId);
    expect(valuesIn((await fetchFrom(reader, "t", 0)).records)).toEqual(["a", "b", "c"]);
    expect(await produce(reader, "t", batchOf(["c"], { producerId: 5, producerEpoch: 0, baseSequence: 0 }))).toMatchObject({
      baseOffset: 2,
    });
  });

  it("serves the next client, whatever the others do", async () => {
    const { broker } = await start({ "max.connections": "300" });
    const client = broker.connect();
    await createTopic(client, "t");
    for (let i = 0; i < 4; i++) await produce(client, "t", batchOf(["x".repeat(MIB - 1_000)]));
    const hostile = Array.from({ length: 200 }, () => broker.connect());
    const announced = Buffer.alloc(20_000);
    announced.writeInt32BE(100 * MIB);
    const partitions = [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 64 * MIB }];
    for (const [i, peer] of hostile.entries()) {
      if (i % 4 === 0) peer.send(announced);
      if (i % 4 === 1) peer.send(Buffer.from("GET / HTTP/1.1\r\n\r\n"));
      if (i % 4 === 2) peer.pause();
      for (let n = 0; n < 20 && i % 4 === 2; n++) peer.tell(Fetch, 12, { maxWaitMs: 0, minBytes: 1, topics: [{ topic: "t", partitions }] });
      if (i % 4 === 3) peer.tell(Fetch, 12, { maxWaitMs: 2 ** 31 - 1, minBytes: 2 ** 31 - 1, topics: [{ topic: "t", partitions }] });
    }
    await Promise.all(hostile.filter((_, i) => i % 4 === 1).map(({ closed }) => closed));
    expect(await isServed(broker.connect())).toBe(true);
    expect((await produce(client, "t", batchOf(["goes on"]))).errorCode).toBe(0);
    expect(broker.metric("moldau_request_memory_bytes")).toBeLessThanOrEqual(128 * MIB);
    expect(broker.metric("moldau_answer_memory_bytes")).toBeLessThanOrEqual(132 * MIB);
    for (const peer of hostile) peer.close();
    // Each round trip lets the broker hear of more of them.
    for (let turn = 0; turn < 1_000 && broker.metric("moldau_connections") > 2; turn++) await client.ask(Metadata, 12, { topics: [] });
    expect(broker.metric("moldau_connections")).toBe(2);
    expect(broker.metric("moldau_answer_memory_bytes")).toBe(0);
    expect(broker.fatal).toEqual([]);
  });

  it("stops at once although clients wait", async () => {
    const { broker } = await start();
    const client = broker.connect();
    await createTopic(client, "t");
    const partitions = [{ partition: 0, fetchOffset: 0, partitionMaxBytes: MIB }];
    const asked = client.ask(Fetch, 12, { maxWaitMs: 2 ** 31 - 1, minBytes: 1, topics: [{ topic: "t", partitions }] });
    expect(await isServed(broker.connect())).toBe(true);
    await broker.running.stop({ drainMs: 2 ** 31 - 1 });
    expect((await asked).errorCode).toBe(0);
  });
});
