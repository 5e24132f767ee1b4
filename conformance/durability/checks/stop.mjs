// SIGTERM under load: what is under way is answered, the exit code is 0, nothing acknowledged is lost. A second SIGTERM does not wait.
import { connect as connectSocket } from "node:net";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { encodeRequestFrame, Fetch } from "@moldau/protocol";
import { READY, startBroker } from "../broker/command.mjs";
import { connectSoon } from "../broker/connection.mjs";
import { createTopics, TOPICS } from "../broker/topics.mjs";
import { startLoad } from "../load/load.mjs";
import { within } from "../within.mjs";

const ROUNDS = 3;
const LIMIT_MS = 60_000;
/** The command lets requests under way finish for 5 s. */
const DRAIN_LIMIT_MS = 8_000;
const AT_ONCE_LIMIT_MS = 2_000;
/** By convention: 128 and the signal's number. */
const KILLED_BY_SIGTERM = 143;

export async function stop({ command, port, directory, random, tally }) {
  const data = join(directory, "data");
  const start = () => startBroker({ command, port, data, name: "stop" });
  let broker = start();
  await broker.said(READY);
  const connection = await connectSoon(port);
  await createTopics(connection, TOPICS);
  connection.close();
  const load = startLoad({ port, random });
  const complaints = [];
  try {
    for (let round = 1; round <= ROUNDS; round++) {
      await sleep(random.int(500, 1_500));
      const { code, tookMs } = await broker.stop();
      tally.note(`stopped under load in ${Math.round(tookMs)} ms with code ${code}; ${load.totals().records} records`);
      if (code !== 0) complaints.push(`exit code ${code}: ${broker.lastWords()}`);
      if (tookMs > DRAIN_LIMIT_MS) complaints.push(`it took ${Math.round(tookMs)} ms`);
      const ack = load.nextAck();
      broker = start();
      await within(LIMIT_MS, ack, () => `no acknowledgement after restart ${round}: ${broker.lastWords()}`);
      await within(LIMIT_MS, load.check(), () => "what was there could not be read");
    }
    await within(LIMIT_MS, load.stopProducing(), () => "the producers did not come to an end");
    await within(LIMIT_MS, load.check({ all: true }), () => "the full read did not end");
    tally.verdict("SIGTERM under load: exit code 0, nothing acknowledged is lost", [...complaints, ...load.complaints]);
    tally.verdict("SIGTERM twice: the second does not wait", await twice(broker, port));
  } finally {
    await broker.kill();
    await load.stopProducing();
  }
}

/** Complaints about a broker that is told to stop while a client doesn't take its answers, and is told again. */
async function twice(broker, port) {
  const reluctant = await askAndNeverRead(port);
  try {
    broker.signal("SIGTERM");
    await broker.said("stopping");
    await sleep(1_000);
    if (broker.hasExited()) return ["it was gone before the second signal, and proves nothing"];
    const askedMs = performance.now();
    broker.signal("SIGTERM");
    const { code } = await within(20_000, broker.exited, () => "it never ended");
    const tookMs = Math.round(performance.now() - askedMs);
    const complaints = tookMs > AT_ONCE_LIMIT_MS ? [`it took ${tookMs} ms`] : [];
    return code === KILLED_BY_SIGTERM ? complaints : [...complaints, `exit code ${code}, not ${KILLED_BY_SIGTERM}`];
  } finally {
    reluctant.destroy();
  }
}

/** A client with large answers due to it, none of which it reads. */
async function askAndNeverRead(port) {
  const socket = connectSocket({ host: "127.0.0.1", port });
  await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
  socket.on("error", () => {});
  socket.pause();
  for (let correlationId = 1; correlationId <= 20; correlationId++) {
    const partitions = [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 8_000_000 }];
    const request = { maxWaitMs: 0, minBytes: 0, topics: [{ topic: "few", partitions }], forgottenTopicsData: [] };
    for (const part of encodeRequestFrame(Fetch, 12, { correlationId, clientId: null }, request)) socket.write(part);
  }
  await sleep(500);
  return socket;
}
