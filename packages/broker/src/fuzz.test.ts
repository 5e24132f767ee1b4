// A broker under requests that are random, broken or lying. Whatever comes, it stays sound: no invariant breaks, nothing is thrown that
// nobody catches, memory is given back, and a client that behaves is served.
//
// MOLDAU_FUZZ_SECONDS sets how long, MOLDAU_FUZZ_SEED where to begin. What is found goes to testdata/fuzz: one file for each find, one
// frame in each line, as hex.
import { readdirSync, readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { ApiVersions } from "@moldau/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { handlerTable } from "./handlers/table.js";
import { type ManualTime, manualTime } from "./testing/manual-time.js";
import { mutated, withLength } from "./testing/mutations.js";
import { below, type Chance, chanceFrom, pick, randomRequest, TOPICS, type World } from "./testing/random-requests.js";
import { type TestBroker, testBroker } from "./testing/test-broker.js";
import type { TestClient } from "./testing/test-client.js";
import { batchOf, createTopic, fetchFrom, produce, topicIdOf, valuesIn } from "./testing/topics.js";

const SECONDS = Number(process.env.MOLDAU_FUZZ_SECONDS ?? 5);
const SEED = Number(process.env.MOLDAU_FUZZ_SEED ?? Date.now() % 2 ** 31);
const FOUND = new URL("../testdata/fuzz/", import.meta.url);
const MIB = 1024 * 1024;
const apis = [...handlerTable.values()].map(({ api }) => api);

let time: ManualTime;
let broker: TestBroker;
let healthy: TestClient;
let uncaught: unknown[] = [];
setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");
const catchIt = (error: unknown) => void uncaught.push(error);

beforeEach(async () => {
  time = manualTime();
  broker = await testBroker({ clock: time.clock, timers: time.timers, limits: { consolidateBytes: MIB, tailBytes: 4 * MIB } });
  healthy = broker.connect();
  await createTopic(healthy, "health", { configs: { "max.message.bytes": "100000" } });
  uncaught = [];
  process.on("unhandledRejection", catchIt);
  process.on("uncaughtException", catchIt);
});
afterEach(async () => {
  process.off("unhandledRejection", catchIt);
  process.off("uncaughtException", catchIt);
  await broker.stop();
});

function randomFrame(chance: Chance, world: World): Buffer {
  const api = pick(chance, apis);
  const { min, max } = api.stableVersions;
  return randomRequest(chance, api, min + below(chance, max - min + 1), world);
}

/** What one connection sends: many requests that can be read, or a few that mostly cannot, for the first of those ends it. */
function randomFrames(chance: Chance, world: World): Buffer[] {
  if (chance() < 0.5) return Array.from({ length: 1 + below(chance, 12) }, () => randomFrame(chance, world));
  return Array.from({ length: 1 + below(chance, 3) }, () => {
    if (chance() < 0.95) return mutated(chance, randomFrame(chance, world), randomFrame(chance, world));
    const noise = Buffer.from(Array.from({ length: below(chance, 64) }, () => below(chance, 256)));
    return withLength(noise, chance() < 0.5 ? noise.length : below(chance, 2 ** 20));
  });
}

/** One connection's frames, all at once. They may wait for ever, so what is waited for is others. */
async function play(frames: readonly Buffer[]): Promise<void> {
  const client = broker.connect();
  client.send(...frames);
  for (let turn = 0; turn < 3; turn++) await healthy.ask(ApiVersions, 0, {});
  client.close();
}

/** What is wrong with the broker. */
async function harm(): Promise<string[]> {
  const faults = [...broker.fatal, ...uncaught].map((error) => `broken: ${error instanceof Error ? error.stack : error}`);
  faults.push(...broker.log.filter(({ level }) => level === "error").map(({ message, fields }) => `${message}: ${JSON.stringify(fields)}`));
  const { errorCode, baseOffset } = await produce(healthy, "health", batchOf(["ok"]));
  if (errorCode !== 0) faults.push(`a produce is answered with error ${errorCode}`);
  else if (valuesIn((await fetchFrom(healthy, "health", baseOffset)).records)[0] !== "ok") faults.push("a record is not read back");
  return faults;
}

const IDLE_MS = 600_000;
/** What an open partition that nobody writes to may take; it is 5.6 KiB. */
const OPEN_PARTITION_BYTES = 8 * 1024;

/** Until all have gone that were left behind. */
async function settled(): Promise<void> {
  await time.advance(2 * IDLE_MS);
  healthy = broker.connect();
  await healthy.ask(ApiVersions, 0, {});
}

describe("a broker under random requests", () => {
  it(
    `stays sound (seed ${SEED})`,
    async () => {
      const chance = chanceFrom(SEED);
      collectGarbage();
      const before = process.memoryUsage();
      const deadline = Date.now() + SECONDS * 1_000;
      let frames = 0;
      let topicIds: readonly string[] = [];
      for (let round = 0; Date.now() < deadline; round++) {
        if (round % 20 === 0) topicIds = await Promise.all(TOPICS.map((name) => topicIdOf(healthy, name)));
        const batch = randomFrames(chance, { topicIds });
        frames += batch.length;
        await play(batch);
        await time.advance(below(chance, 30));
        const faults = await harm();
        const hex = batch.map((frame) => frame.toString("hex")).join("\n");
        if (faults.length > 0) throw new Error(`seed ${SEED}, round ${round}\n${faults.join("\n")}\nthe last frames:\n${hex}`);
      }
      expect(frames).toBeGreaterThan(SECONDS * 20);
      await settled();
      expect(broker.metric("moldau_connections")).toBe(1);
      expect(broker.metric("moldau_request_memory_bytes")).toBe(0);
      expect(broker.metric("moldau_answer_memory_bytes")).toBe(0);
      expect(broker.metric("moldau_fetch_sessions")).toBeLessThanOrEqual(1_000);
      collectGarbage();
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      // Random requests may make a topic of tens of thousands of partitions, and have them all opened.
      const ofPartitions = broker.metric("moldau_partitions_open") * OPEN_PARTITION_BYTES;
      expect(heapUsed - before.heapUsed).toBeLessThan(64 * MIB + ofPartitions);
      expect(arrayBuffers - before.arrayBuffers).toBeLessThan(128 * MIB);
    },
    SECONDS * 1_000 + 20_000,
  );
});

describe("what random requests have found", () => {
  it.each(readdirSync(FOUND).filter((name) => name.endsWith(".hex")))("%s does no harm any more", async (name) => {
    const lines = readFileSync(new URL(name, FOUND), "utf8").trim().split("\n");
    for (const topic of TOPICS) await createTopic(healthy, topic).catch(() => {});
    await play(lines.map((line) => Buffer.from(line, "hex")));
    expect(await harm()).toEqual([]);
    await settled();
    expect(broker.metric("moldau_connections")).toBe(1);
  });
});
