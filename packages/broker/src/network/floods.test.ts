// Many peers, or a few that want too much: half-open, never reading, never done. Memory stays bounded and the next client is served.
import { ApiVersions, encodeRequestFrame, Fetch, Metadata } from "@moldau/protocol";
import { describe, expect, it } from "vitest";
import { brokersOfTests } from "../testing/brokers-of-tests.js";
import { manualTime } from "../testing/manual-time.js";
import type { TestBroker, TestBrokerOptions } from "../testing/test-broker.js";
import type { TestClient } from "../testing/test-client.js";
import { batchOf, createTopic, fetchFrom, produce } from "../testing/topics.js";

const MIB = 1024 * 1024;
let broker: TestBroker;
const started = brokersOfTests();

async function start(options: TestBrokerOptions = {}) {
  const time = manualTime();
  broker = await started({ clock: time.clock, timers: time.timers, ...options });
  const healthy = broker.connect();
  await createTopic(healthy, "t");
  return { time, healthy };
}

const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => make(index));
const held = () => broker.metric("moldau_request_memory_bytes");
const reasons = () => broker.log.filter(({ message }) => message === "connection closed").map(({ fields }) => fields.reason);
const isServed = async (client: TestClient) => (await client.ask(ApiVersions, 0, {})).errorCode === 0;

/** A client that announces a frame and sends only the start of it. */
function halfOpen(announcedBytes: number): TestClient {
  const client = broker.connect();
  const length = Buffer.alloc(4);
  length.writeInt32BE(announcedBytes);
  client.send(length, Buffer.alloc(20 * 1024));
  return client;
}

describe("requests that do not arrive", () => {
  it("hold no more than their share, and no small request back", async () => {
    const { healthy } = await start();
    times(200, () => halfOpen(100 * MIB));
    expect(await isServed(healthy)).toBe(true);
    expect(await isServed(broker.connect())).toBe(true);
    expect(held()).toBeLessThanOrEqual(128 * MIB);
    expect((await produce(healthy, "t", batchOf(["small"]))).errorCode).toBe(0);
  });

  it("give way to those that do, after a while", async () => {
    const { time, healthy } = await start();
    const slow = times(4, () => halfOpen(64 * MIB));
    expect(await isServed(healthy)).toBe(true);
    const large = produce(healthy, "t", batchOf(["x".repeat(MIB - 1_000)]));
    const waiting = broker.connect();
    const alsoLarge = produce(waiting, "t", batchOf(["y".repeat(MIB - 1_000)]));
    await time.advance(9_000);
    expect(reasons()).toEqual([]);
    await time.advance(31_000);
    expect((await large).errorCode).toBe(0);
    expect((await alsoLarge).errorCode).toBe(0);
    expect(slow.some(({ open }) => open)).toBe(false);
    expect(new Set(reasons())).toEqual(new Set(["its request does not arrive, and memory is short"]));
    expect(held()).toBe(0);
  });

  it("may take their time where nobody waits", async () => {
    const { time } = await start();
    const slow = halfOpen(2 * MIB);
    await time.advance(60_000);
    expect(slow.open).toBe(true);
  });
});

describe("answers that are not read", () => {
  async function filled(options: TestBrokerOptions = {}) {
    const world = await start(options);
    for (let i = 0; i < 12; i++) await produce(world.healthy, "t", batchOf(["x".repeat(MIB - 1_000)]));
    return world;
  }
  const fetchAll = (client: TestClient) =>
    client.tell(Fetch, 12, {
      maxWaitMs: 0,
      minBytes: 1,
      topics: [{ topic: "t", partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 64 * MIB }] }],
    });

  it("keep what they hold within a bound, and those who read are served again after a while", async () => {
    const { time, healthy } = await filled();
    const mute = times(100, () => {
      const client = broker.connect();
      client.pause();
      for (let i = 0; i < 50; i++) fetchAll(client);
      return client;
    });
    expect(await isServed(healthy)).toBe(true);
    expect(broker.metric("moldau_answer_memory_bytes")).toBeGreaterThan(64 * MIB);
    expect(broker.metric("moldau_answer_memory_bytes")).toBeLessThan(132 * MIB);
    expect((await produce(healthy, "t", batchOf(["goes on"]))).errorCode).toBe(0);
    await time.advance(20_000);
    expect(reasons()).toContain("it does not read its answers, and memory is short");
    expect((await fetchFrom(healthy, "t", 12)).records?.length).toBeGreaterThan(0);
    for (const client of mute) client.close();
    expect(await isServed(healthy)).toBe(true);
    expect(broker.metric("moldau_answer_memory_bytes")).toBe(0);
  });

  it("may wait where memory is not short", async () => {
    const { time } = await filled();
    const mute = broker.connect();
    mute.pause();
    fetchAll(mute);
    await time.advance(60_000);
    mute.resume();
    expect((await mute.frame()).length).toBeGreaterThan(11 * MIB);
  });

  it("let no more requests begin than their bytes allow", async () => {
    const { healthy } = await filled();
    const mute = broker.connect();
    mute.pause();
    const [request = new Uint8Array()] = encodeRequestFrame(Metadata, 12, { correlationId: 1, clientId: null }, { topics: null });
    const begun = () => broker.metric('moldau_requests_total{api="Metadata"}') || 0;
    mute.send(Buffer.concat(times(20_000, () => request)));
    for (let before = -1; begun() > before; ) {
      before = begun();
      for (let i = 0; i < 50; i++) await isServed(healthy);
    }
    expect(begun()).toBeGreaterThan(10);
    expect(begun()).toBeLessThan(10_000);
    mute.resume();
    for (let i = 0; i < 20_000; i++) await mute.frame();
  });
});

describe("connections", () => {
  it("are taken up to max.connections, and again when others go", async () => {
    const { healthy } = await start({ properties: { "max.connections": "20" } });
    const crowd = times(50, () => broker.connect());
    expect(await isServed(healthy)).toBe(true);
    expect(broker.metric("moldau_connections")).toBe(20);
    expect(crowd.filter(({ open }) => open)).toHaveLength(19);
    expect(new Set(reasons())).toEqual(new Set(["too many connections (max.connections, max.connections.per.ip)"]));
    for (const client of crowd) client.close();
    expect(await isServed(healthy)).toBe(true);
    expect(await isServed(broker.connect())).toBe(true);
  });

  it("are taken up to max.connections.per.ip from one address", async () => {
    const { healthy } = await start({ properties: { "max.connections.per.ip": "3", "max.connections.per.ip.overrides": "elsewhere:9" } });
    const crowd = times(5, () => broker.connect());
    expect(await isServed(healthy)).toBe(true);
    expect(crowd.filter(({ open }) => open)).toHaveLength(2);
  });

  it("are closed when silent for connections.max.idle.ms, even when they wait for an answer", async () => {
    const { time, healthy } = await start({ properties: { "connections.max.idle.ms": "60000" } });
    const silent = broker.connect();
    const waiting = broker.connect();
    const partitions = [{ partition: 0, fetchOffset: 0, partitionMaxBytes: MIB }];
    const asked = waiting.ask(Fetch, 12, { maxWaitMs: 600_000, minBytes: 1, topics: [{ topic: "t", partitions }] });
    const refused = expect(asked).rejects.toThrow("closed");
    await time.advance(50_000);
    expect(await isServed(healthy)).toBe(true);
    expect([silent.open, waiting.open]).toEqual([true, true]);
    await time.advance(20_000);
    expect([silent.open, waiting.open, healthy.open]).toEqual([false, false, true]);
    await refused;
    expect(reasons()).toEqual([]);
  });

  it("that come and go by the thousand leave nothing behind", async () => {
    const { healthy } = await start();
    for (let round = 0; round < 20; round++) {
      const crowd = times(100, (i) => {
        const client = broker.connect();
        if (i % 2 === 0) client.tell(Metadata, 12, { topics: null });
        if (i % 5 === 0) client.send(Buffer.from([0, 0, 1]));
        return client;
      });
      for (const client of crowd) client.close();
      expect(await isServed(healthy)).toBe(true);
    }
    expect(broker.metric("moldau_connections")).toBe(1);
    expect(held()).toBe(0);
  });
});
