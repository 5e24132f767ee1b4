// `moldau log` on the directory of a broker that runs, that was killed, and whose disk has damaged what was acknowledged.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Api,
  CreateTopics,
  decodeResponse,
  decodeResponseHeader,
  encodeRequestFrame,
  Produce,
  type RequestInput,
} from "@moldau/protocol";
import { buildBatch } from "@moldau/records";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { endAll, makeCommand, run } from "./command.js";

let removeCommand = () => {};
let data = "";

beforeAll(async () => {
  removeCommand = await makeCommand();
});
afterAll(() => removeCommand());
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "moldau-cli-"));
});
afterEach(() => {
  endAll();
  rmSync(data, { recursive: true, force: true });
});

const start = () => run(["start", "--listen", "127.0.0.1:0", "--data", data, "--http", "off"]);
const log = (...args: readonly string[]) => run(["log", ...args, "--json", data]).ended;

/** Sends one request and gives the answer. */
function ask<A extends Api>(port: number, api: A, version: number, request: RequestInput<A>) {
  return new Promise<unknown>((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => {
      for (const part of encodeRequestFrame(api, version, { correlationId: 1, clientId: "test" }, request)) socket.write(part);
    });
    let answer = Buffer.alloc(0);
    socket.on("error", reject);
    socket.on("data", (chunk) => {
      answer = Buffer.concat([answer, chunk]);
      if (answer.length < 4 || answer.length < 4 + answer.readInt32BE(0)) return;
      socket.destroy();
      const frame = answer.subarray(4);
      resolve(decodeResponse(api, version, frame.subarray(decodeResponseHeader(api, version, frame).bodyPosition)));
    });
  });
}

async function produce(port: number, value: string): Promise<void> {
  const records = [buildBatch({ records: [{ value: Buffer.from(value), timestamp: 1 }] })];
  const request = {
    transactionalId: null,
    acks: -1,
    timeoutMs: 5_000,
    topicData: [{ name: "orders", partitionData: [{ index: 0, records }] }],
  };
  expect(await ask(port, Produce, 9, request)).toMatchObject({ responses: [{ partitionResponses: [{ errorCode: 0 }] }] });
}

async function writeOrders(port: number, values: readonly string[]): Promise<void> {
  const topics = [{ name: "orders", numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }];
  expect(await ask(port, CreateTopics, 5, { topics })).toMatchObject({ topics: [{ errorCode: 0 }] });
  for (const value of values) await produce(port, value);
}

const valuesIn = (lines: readonly { readonly [field: string]: unknown }[]) =>
  lines.filter(({ type }) => type === "record").map(({ value }) => value);

it("looks at a directory while its broker runs, and after it was killed", async () => {
  const broker = start();
  const { port } = await broker.line("ready");
  await writeOrders(Number(port), ["one", "two", "three"]);
  const live = await log("inspect");
  expect(live.log[0]).toMatchObject({ type: "directory", usedByProcess: expect.any(Number) });
  expect((await log("verify")).code).toBe(0);
  expect(valuesIn((await log("dump", "--topic", "orders", "--records")).log)).toEqual(["one", "two", "three"]);
  broker.signal("SIGKILL");
  await broker.ended;
  expect((await log("inspect")).log[0]).toMatchObject({ usedByProcess: null });
  expect(valuesIn((await log("dump", "--topic", "orders", "--records")).log)).toEqual(["one", "two", "three"]);
});

it("agrees with a broker about damage: it does not start, and what is left can be dumped", async () => {
  const broker = start();
  const { port } = await broker.line("ready");
  await writeOrders(Number(port), ["one", "two", "three"]);
  broker.signal("SIGTERM");
  await broker.ended;
  const path = join(data, "journal/000000.ring");
  const bytes = readFileSync(path);
  bytes[bytes.indexOf("two")] = 0x54;
  writeFileSync(path, bytes);

  const verified = await log("verify");
  expect(verified).toMatchObject({ code: 3, errors: "" });
  expect(verified.log[0]).toMatchObject({
    severity: "damage",
    kind: "journal-batch",
    topic: "orders",
    firstOffset: 1,
    lastOffset: 1,
    path,
  });
  const refused = await start().ended;
  expect(refused.code).toBe(1);
  expect(refused.log.at(-1)?.message).toContain(`${path}: damaged at byte ${verified.log[0]?.position}`);
  const dumped = await log("dump", "--topic", "orders", "--records");
  expect(dumped.code).toBe(3);
  expect(valuesIn(dumped.log)).toEqual(["one", "Two", "three"]);
  expect(dumped.log.filter(({ type }) => type === "record").map(({ isIntact }) => isIntact)).toEqual([true, false, true]);
});
