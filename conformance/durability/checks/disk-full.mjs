// The disk fills up for real: producers hear a retriable error, reads go on, the log says what to do; when there is space again the
// same producer goes on, and nothing was restarted.
import { rm, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { READY, startBroker } from "../broker/command.mjs";
import { connectSoon } from "../broker/connection.mjs";
import { createTopics, TOPICS } from "../broker/topics.mjs";
import { cannotMount, mountedDisk } from "../filesystem/mounts.mjs";
import { startLoad } from "../load/load.mjs";
import { within } from "../within.mjs";

const MIB = 1024 * 1024;
const DISK_BYTES = 420 * MIB;
const BALLAST_BYTES = 200 * MIB;
/** Appends wait 10 s for room before they are refused. */
const REFUSED_WITHIN_MS = 60_000;
const HEALED_WITHIN_MS = 30_000;
const LIMIT_MS = 60_000;
const SHAPES = [
  { idempotent: true, inFlight: 1, records: 100, bytes: 5_000 },
  { idempotent: true, inFlight: 5, records: 100, bytes: 5_000 },
  { idempotent: true, inFlight: 1, records: 1, bytes: 100 },
];

export async function diskFull({ command, port, directory, random, tally }) {
  const reason = await cannotMount();
  if (reason) return tally.skip("disk full", reason);
  const disk = await mountedDisk(directory, DISK_BYTES);
  const ballast = join(disk.path, "ballast");
  const data = join(disk.path, "data");
  const start = () => startBroker({ command, port, data, name: "disk-full" });
  const broker = start();
  let load;
  try {
    await broker.said(READY);
    await writeFile(ballast, Buffer.alloc(BALLAST_BYTES, 1));
    const connection = await connectSoon(port);
    await createTopics(connection, TOPICS);
    connection.close();
    load = startLoad({ port, random, shapes: SHAPES });
    await fillAndHeal({ broker, load, disk, ballast, tally });
    await load.stopProducing();
    await within(LIMIT_MS, load.check({ all: true }), () => "what was there could not be read");
    tally.verdict("disk full: nothing acknowledged is lost", load.complaints);
    const { code } = await broker.stop();
    tally.verdict("disk full: the same broker stops in order", code === 0 ? [] : [`exit code ${code}`]);
  } finally {
    await broker.kill();
    await load?.stopProducing();
    await disk.remove();
  }
}

async function fillAndHeal({ broker, load, disk, ballast, tally }) {
  const beganMs = performance.now();
  const refusal = await within(REFUSED_WITHIN_MS, load.nextRefusal(), () => `nothing was refused: ${broker.lastWords()}`);
  tally.note(`after ${seconds(beganMs)} and ${load.totals().records} records: ${refusal.name}: ${refusal.message}`);
  const { bavail, bsize } = await statfs(disk.path);
  tally.note(`${Math.round((bavail * bsize) / MIB)} MiB free`);
  tally.verdict("disk full: producers are told KAFKA_STORAGE_ERROR", refusal.name === "KAFKA_STORAGE_ERROR" ? [] : [refusal.name]);
  const line = broker.lines.find((text) => /"level":"(warn|error)"/.test(text)) ?? "";
  tally.note(line);
  tally.verdict("disk full: the log says what to do", /free space/.test(line) ? [] : [line || "it says nothing"]);
  await within(LIMIT_MS, load.check({ all: true }), () => "reads did not go on");
  tally.verdict("disk full: reads go on", [...load.complaints, ...(broker.hasExited() ? [broker.lastWords()] : [])]);

  await sleep(1_000);
  const freedMs = performance.now();
  await rm(ballast);
  await within(HEALED_WITHIN_MS, load.nextAck(), () => `nothing was acknowledged again: ${broker.lastWords()}`);
  tally.note(`acknowledges again ${seconds(freedMs)} after space was freed`);
  await within(HEALED_WITHIN_MS, load.allSettledOnce(), () => "some producer got nothing acknowledged");
  tally.verdict("disk full: heals when space returns, without a restart", broker.hasExited() ? [broker.lastWords()] : []);
}

const seconds = (sinceMs) => `${((performance.now() - sinceMs) / 1000).toFixed(1)} s`;
