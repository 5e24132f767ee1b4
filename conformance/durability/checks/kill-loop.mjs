// kill -9 at any moment, over and over, under load: nothing acknowledged is lost, nothing is there twice or in part.
import { watch } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { READY, startBroker } from "../broker/command.mjs";
import { connectSoon } from "../broker/connection.mjs";
import { createTopics, TOPICS } from "../broker/topics.mjs";
import { startLoad } from "../load/load.mjs";
import { within } from "../within.mjs";

const ACK_LIMIT_MS = 30_000;
const READ_LIMIT_MS = 120_000;
const RESTART_GOAL_MS = 1_000;

/** Moments to kill at; each says when by resolving. */
const moments = {
  "any time": ({ random }) => sleep(random.int(0, 900)),
  "a segment being written": async ({ data, random }) => {
    await mkdir(join(data, "segments"), { recursive: true });
    const watcher = watch(join(data, "segments"), { recursive: true });
    const changed = new Promise((resolve) => watcher.once("change", resolve));
    await Promise.race([changed, sleep(4_000)]);
    watcher.close();
    await sleep(random.int(0, 60));
  },
};

/** Starts that are killed before or just after they are done. */
async function brokenStarts(start, random) {
  const times = random.int(1, 3);
  for (let i = 0; i < times; i++) {
    const broker = start();
    await sleep(random.int(20, 600));
    if (broker.hasExited()) throw new Error(`the broker ended by itself: ${broker.lastWords()}`);
    await broker.kill();
  }
  return times;
}

/** `rounds` kills; figures and verdicts go to `tally`. */
export async function killLoop({ command, port, directory, random, rounds, tally }) {
  const data = join(directory, "data");
  const start = () => startBroker({ command, port, data, name: "kill-loop" });
  let broker = start();
  await broker.said(READY);
  const connection = await connectSoon(port);
  await createTopics(connection, TOPICS);
  connection.close();
  const load = startLoad({ port, random });
  const restarts = [];
  let kills = 0;
  try {
    for (let round = 1; round <= rounds && load.complaints.length === 0; round++) {
      const kind = round % 3 === 0 ? "a segment being written" : "any time";
      await moments[kind]({ data, random });
      if (broker.hasExited()) throw new Error(`the broker ended by itself in round ${round}: ${broker.lastWords()}`);
      await broker.kill();
      kills++;
      if (round % 4 === 0) kills += await brokenStarts(start, random);
      const ack = load.nextAck();
      broker = start();
      const ackMs =
        (await within(ACK_LIMIT_MS, ack, () => `no acknowledgement after restart ${round}: ${broker.lastWords()}`)) - broker.startedMs;
      restarts.push(ackMs);
      await within(READ_LIMIT_MS, load.check(), () => `round ${round} could not be read back`);
      tally.note(
        `round ${round}: killed at ${kind}; first new ack ${Math.round(ackMs)} ms after the restart; ${load.totals().records} records`,
      );
    }
    await within(20_000, load.stopProducing(), () => "the producers did not come to an end");
    const readMs = performance.now();
    const batches = await within(READ_LIMIT_MS, load.check({ all: true }), () => "the full read did not end");
    tally.note(`${kills} kills; all ${batches} batches read back in ${Math.round(performance.now() - readMs)} ms`);
    tally.verdict("kill -9: everything acknowledged is there, once, in order", load.complaints);
    reportRestarts(restarts, load.totals(), kills, tally);
    const { code } = await broker.stop();
    tally.verdict("kill -9: the survivor stops in order", code === 0 ? [] : [`exit code ${code}`]);
  } finally {
    await broker.kill();
    await load.stopProducing();
  }
}

function reportRestarts(restarts, { batches, records }, kills, tally) {
  const sorted = [...restarts].sort((a, b) => a - b);
  const [p50, max] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted.at(-1)].map(Math.round);
  tally.note(`${restarts.length} rounds, ${kills} kills, ${batches} batches and ${records} records acknowledged`);
  tally.note(`restart to first new acknowledgement: p50 ${p50} ms, max ${max} ms`);
  const slow = p50 > RESTART_GOAL_MS ? [`p50 ${p50} ms, max ${max} ms; the goal is ${RESTART_GOAL_MS} ms`] : [];
  tally.verdict(`kill -9: acknowledges again within ${RESTART_GOAL_MS} ms (p50)`, slow);
}
