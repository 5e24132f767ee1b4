// A flipped byte in a segment: who reads it is told CORRUPT_MESSAGE, the log names file and position, and everything else is served.
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { errorByCode } from "@moldau/protocol";
import { READY, startBroker } from "../broker/command.mjs";
import { connectSoon } from "../broker/connection.mjs";
import { createTopics, fetchOnce, readThrough } from "../broker/topics.mjs";
import { flipBytes, groupsOf } from "../damage.mjs";
import { startLoad } from "../load/load.mjs";
import { within } from "../within.mjs";

const TOPIC = { name: "four", partitions: 4 };
const SHAPE = { idempotent: false, inFlight: 3, records: 50, bytes: 20_000 };
const LIMIT_MS = 60_000;
const GROUP_HEADER_BYTES = 64;

async function segmentsIn(data) {
  const names = await readdir(join(data, "segments"), { recursive: true }).catch(() => []);
  const paths = names.filter((name) => name.endsWith(".seg")).map((name) => join(data, "segments", name));
  return Promise.all(paths.map(async (path) => ({ path, bytes: (await stat(path)).size })));
}

/** Produces until there are segments of each partition's own. */
async function makeSegments({ port, random, data }) {
  const connection = await connectSoon(port);
  await createTopics(connection, [TOPIC]);
  connection.close();
  const load = startLoad({ port, random, topics: [TOPIC], shapes: [SHAPE] });
  const enough = async () => {
    while ((await segmentsIn(data)).length < 2 * TOPIC.partitions) await sleep(50);
  };
  await within(LIMIT_MS, enough(), () => "no segments were written");
  await load.stopProducing();
  return load;
}

/** Well within a batch: a journal file that became a segment also has parts that nobody reads any more, as the headers of its groups. */
async function placeWithin({ path, bytes }) {
  const third = Math.floor(bytes / 3);
  const group = (await groupsOf(path)).findLast(({ position }) => position <= third);
  return group ? group.position + GROUP_HEADER_BYTES + 1_000 : third;
}

/** Reads a partition's batches through, without a look at them. Returns undefined, or the name of the error that came. */
async function errorOf(connection, partition) {
  let from = 0;
  const skip = (records) => {
    const bytes = Buffer.from(records.buffer, records.byteOffset, records.length);
    for (let position = 0; position < bytes.length; position += 12 + bytes.readInt32BE(position + 8))
      from = Number(bytes.readBigInt64BE(position)) + bytes.readInt32BE(position + 23) + 1;
    return from;
  };
  return readThrough(connection, TOPIC.name, partition, 0, skip).then(
    () => undefined,
    async () => errorByCode((await fetchOnce(connection, TOPIC.name, partition, from)).errorCode).name,
  );
}

export async function damagedSegment({ command, port, directory, random, tally }) {
  const data = join(directory, "data");
  const start = () => startBroker({ command, port, data, name: "damaged-segment" });
  let broker = start();
  try {
    await broker.said(READY);
    const load = await makeSegments({ port, random, data });
    await broker.stop();
    const [largest] = (await segmentsIn(data)).sort((a, b) => b.bytes - a.bytes);
    const position = await placeWithin(largest);
    await flipBytes(largest.path, position);
    broker = start();
    await broker.said(READY);
    const connection = await connectSoon(port);
    const errors = [];
    for (let partition = 0; partition < TOPIC.partitions; partition++) errors.push(await errorOf(connection, partition));
    const damaged = errors.filter((error) => error !== undefined);
    tally.note(
      `byte ${position} of ${largest.path} flipped; partitions answer ${errors.map((error) => error ?? "all they have").join(", ")}`,
    );
    tally.verdict("damaged segment: its reader is told CORRUPT_MESSAGE, the others are served", [
      ...(damaged.length === 1 && damaged[0] === "CORRUPT_MESSAGE" ? [] : [`partitions answered ${errors.join(", ")}`]),
      ...load.complaints,
    ]);
    const line = broker.lines.find((text) => text.includes(largest.path));
    const named = Number(/damaged at byte (\d+)/.exec(line ?? "")?.[1] ?? Number.NaN);
    const near = named <= position && position - named < 4 * 1024 * 1024;
    tally.note(line ?? "nothing was logged");
    tally.verdict("damaged segment: the log names file and position", near ? [] : [line ?? "it says nothing"]);
    connection.close();
    const { code } = await broker.stop();
    tally.verdict("damaged segment: the broker goes on until it is stopped", code === 0 ? [] : [`exit code ${code}`]);
  } finally {
    await broker.kill();
  }
}
