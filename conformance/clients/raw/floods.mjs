// Many at once, and clients that take without reading: the next client is served, and memory stays flat.
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { brokerPid, check, holds, skip, topicName } from "../../lib/checks.mjs";
import { batch, record } from "./batches.mjs";
import { int32 } from "./bytes.mjs";
import { open, servesTheNext, tell } from "./connection.mjs";
import { apiVersions, fetch, produce } from "./requests.mjs";

const MEGABYTE = 1_000_000;
const GROWTH_BYTES = 128 * MEGABYTE;

const residentBytes = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${brokerPid}/status`, "utf8"))[1]) * 1024;

async function idleConnections() {
  const connections = await Promise.all(Array.from({ length: 1_000 }, open));
  await servesTheNext();
  for (const connection of connections) connection.end();
  await servesTheNext();
}

/** Kafka sets the memory aside at once, and ten such frames end its 1 GB of heap: it is asked for less. */
const ANNOUNCED_FRAMES = brokerPid === undefined ? 3 : 50;

async function announcedFrames() {
  const connections = await Promise.all(Array.from({ length: ANNOUNCED_FRAMES }, open));
  for (const { socket } of connections) socket.write(Buffer.concat([int32(100 * MEGABYTE), Buffer.alloc(1_000)]));
  await servesTheNext();
  for (const connection of connections) connection.end();
}

async function garbageInTurn() {
  for (let round = 0; round < 300; round++) {
    const connection = await open();
    connection.socket.write(Buffer.alloc(64, round));
    connection.end();
  }
  await servesTheNext();
}

/** Writes until the broker takes no more, or 3 seconds are over, and never reads an answer. */
async function neverReads(bytes) {
  const { socket, end } = await open();
  socket.pause();
  const deadline = Date.now() + 3_000;
  while (Date.now() < deadline) {
    if (socket.write(bytes)) continue;
    const stuck = await Promise.race([new Promise((resolve) => socket.once("drain", () => resolve(false))), sleep(500, true)]);
    if (stuck) break;
  }
  await servesTheNext();
  end();
}

async function memoryStaysFlat(body) {
  if (brokerPid === undefined) {
    await body();
    return;
  }
  const before = residentBytes();
  await body();
  const grown = residentBytes() - before;
  holds(`memory grew by ${Math.round(grown / MEGABYTE)} MB, less than ${GROWTH_BYTES / MEGABYTE}`, grown < GROWTH_BYTES);
}

export async function floods() {
  const topic = topicName("lies");
  const large = batch({ records: [record({ value: Buffer.alloc(500_000) })] });
  for (let index = 0; index < 4; index++) await tell(produce(topic, large));
  if (brokerPid === undefined) skip("memory stays flat in floods", "the broker's process is not known here");
  const flood = (what, body) => check(`flood: ${what}`, () => memoryStaysFlat(body));
  await flood("1,000 connections that say nothing", idleConnections);
  await flood(`${ANNOUNCED_FRAMES} frames of 100 MB, announced and not sent`, announcedFrames);
  await flood("300 connections with garbage, one after the other", garbageInTurn);
  await flood("a client that asks and never reads", () => neverReads(Buffer.concat(Array.from({ length: 1_000 }, () => apiVersions()))));
  await flood("a client that fetches and never reads", () => neverReads(fetch(topic, { maxWaitMs: 0 })));
}
