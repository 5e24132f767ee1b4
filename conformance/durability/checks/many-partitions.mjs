// 100,000 partitions: how long they take to create, to start with, and how much memory they take, untouched and all written to.
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { Produce } from "@moldau/protocol";
import { buildBatch } from "@moldau/records";
import { READY, startBroker } from "../broker/command.mjs";
import { connectSoon } from "../broker/connection.mjs";
import { createTopics, fetchOnce } from "../broker/topics.mjs";
import { within } from "../within.mjs";

const TOPICS = Array.from({ length: 10 }, (_, i) => ({ name: `wide-${i}`, partitions: 10_000 }));
const SOME = 200;
const PER_REQUEST = 1_000;
/** Enough batches that consolidation begins. */
const ROUNDS = 3;
const LIMIT_MS = 120_000;
/** Twice the goal for a restart, for other things may run on this machine. */
const START_LIMIT_MS = 2_000;

const seconds = (sinceMs) => `${((performance.now() - sinceMs) / 1000).toFixed(2)} s`;

async function memoryOf({ pid }) {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}

/** One record to each of some partitions of a topic; its value says where it belongs. Complaints. */
async function produceTo(connection, topic, indexes) {
  const partitionData = indexes.map((index) => ({
    index,
    records: buildBatch({ records: [{ key: null, value: Buffer.from(`${topic}-${index}`), timestamp: Date.now() }] }),
  }));
  const answer = await connection.request(Produce, 9, {
    transactionalId: null,
    acks: -1,
    timeoutMs: 30_000,
    topicData: [{ name: topic, partitionData }],
  });
  const wrong = answer.responses[0].partitionResponses.filter(({ errorCode }) => errorCode !== 0);
  return wrong.length === 0
    ? []
    : [`${wrong.length} of ${indexes.length} produces to ${topic} failed, e.g. with code ${wrong[0].errorCode}`];
}

async function produceToAll(connection) {
  const complaints = [];
  for (const { name, partitions } of TOPICS) {
    for (let from = 0; from < partitions; from += PER_REQUEST) {
      const indexes = Array.from({ length: PER_REQUEST }, (_, i) => from + i);
      complaints.push(...(await within(LIMIT_MS, produceTo(connection, name, indexes), () => `${name} from ${from} was not acknowledged`)));
    }
  }
  return complaints;
}

/** Complaints about partitions that don't hold what was produced to them, `count` times. */
async function readFrom(connection, topic, indexes, count) {
  const wrong = [];
  for (const index of indexes) {
    const { errorCode, highWatermark, records } = await fetchOnce(connection, topic, index, 0);
    const bytes = Buffer.from(records ?? []);
    if (errorCode !== 0 || Number(highWatermark) !== count || !bytes.includes(`${topic}-${index}`))
      wrong.push(`${topic}-${index}: error ${errorCode}`);
  }
  return wrong;
}

export async function manyPartitions({ command, port, directory, random, tally }) {
  const data = join(directory, "data");
  const start = () => startBroker({ command, port, data, name: "many-partitions" });
  const restart = async (after) => {
    const broker = start();
    await broker.said(READY, LIMIT_MS);
    const connection = await connectSoon(port);
    await createTopics(connection, [{ name: `after-${performance.now().toFixed(0)}`, partitions: 1 }]);
    const tookMs = performance.now() - broker.startedMs;
    tally.note(`started ${after} in ${Math.round(tookMs)} ms, a first request served; ${Math.round(await memoryOf(broker))} MB`);
    return { broker, connection, tookMs };
  };
  const chosen = TOPICS.map(({ name, partitions }) => ({
    name,
    indexes: [...new Set(Array.from({ length: SOME / TOPICS.length }, () => random.int(0, partitions - 1)))],
  }));
  const complaints = [];
  let { broker, connection } = await restart("empty");
  try {
    let beganMs = performance.now();
    for (const topic of TOPICS) await within(LIMIT_MS, createTopics(connection, [topic]), () => "topics were not created");
    tally.note(`100,000 partitions created in ${seconds(beganMs)}; ${Math.round(await memoryOf(broker))} MB`);
    await broker.kill();

    let tookMs;
    ({ broker, connection, tookMs } = await restart("with 100,000 partitions"));
    for (const { name, indexes } of chosen) complaints.push(...(await produceTo(connection, name, indexes)));
    for (const { name, indexes } of chosen) complaints.push(...(await readFrom(connection, name, indexes, 1)));
    tally.verdict("100,000 partitions: some are written and read", complaints);
    tally.verdict(`100,000 partitions: starts within ${START_LIMIT_MS} ms`, tookMs > START_LIMIT_MS ? [`${Math.round(tookMs)} ms`] : []);

    beganMs = performance.now();
    complaints.length = 0;
    for (let round = 1; round <= ROUNDS; round++) complaints.push(...(await produceToAll(connection)));
    tally.note(`all written to ${ROUNDS} times in ${seconds(beganMs)}; ${Math.round(await memoryOf(broker))} MB`);
    await broker.kill();

    ({ broker, connection } = await restart("after a kill -9 with all written to"));
    for (const { name, indexes } of chosen) complaints.push(...(await readFrom(connection, name, indexes, 1 + ROUNDS)));
    tally.verdict("100,000 partitions: all are written to, and there after a kill -9", complaints);
    connection.close();
    const { code, tookMs: stopMs } = await broker.stop(LIMIT_MS);
    tally.verdict("100,000 partitions: stops in order", code === 0 ? [] : [`exit code ${code} after ${Math.round(stopMs)} ms`]);
  } finally {
    await broker.kill();
    await rm(data, { recursive: true, force: true });
  }
}
