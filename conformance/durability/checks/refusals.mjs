// Data directories that a broker must not use: each is refused by the real command with a sentence that names it, and exit code 1.
import { chmod, cp, mkdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { READY, startBroker } from "../broker/command.mjs";
import { connectSoon } from "../broker/connection.mjs";
import { createTopics, TOPICS } from "../broker/topics.mjs";
import { flipBytes, groupsOf } from "../damage.mjs";
import { startLoad } from "../load/load.mjs";
import { within } from "../within.mjs";

/** Each gets a copy of a sound directory to spoil, and says what the refusal must hold. */
const cases = {
  "a newer format": async (data) => {
    const marker = JSON.parse(await readFile(join(data, "moldau.json"), "utf8"));
    await writeFile(join(data, "moldau.json"), JSON.stringify({ ...marker, format: 99 }));
    return ["format 99", data];
  },
  "a marker that is none": async (data) => {
    await writeFile(join(data, "moldau.json"), "{");
    return ["moldau.json"];
  },
  "somebody else's directory": async (data) => {
    await rm(data, { recursive: true });
    await mkdir(data);
    await writeFile(join(data, "holiday.jpg"), "x");
    return ["not a Moldau data directory", "holiday.jpg"];
  },
  "a file": async (data) => {
    await rm(data, { recursive: true });
    await writeFile(data, "x");
    return ["not a directory"];
  },
  "a flipped bit in an acknowledged group of the journal": async (data) => {
    const path = join(data, "journal/000000.ring");
    const groups = await groupsOf(path);
    const group = groups[Math.floor(groups.length / 2)];
    await flipBytes(path, group.position + 64 + 70);
    return [path, `damaged at byte ${group.position + 64}`, "journal group"];
  },
  "a flipped bit in the last acknowledged group": async (data) => {
    const path = join(data, "journal/000000.ring");
    const group = (await groupsOf(path)).findLast(({ entries }) => entries > 0);
    await flipBytes(path, group.position + 64 + 70);
    return [path, `damaged at byte ${group.position + 64}`];
  },
  "a journal file with another header": async (data) => {
    const path = join(data, "journal/000000.ring");
    await flipBytes(path, 12);
    return [path, "damaged at byte 0"];
  },
  "a catalog that is none": async (data) => {
    const path = join(data, "catalog/catalog.mdb");
    for (const position of [24, 4096 + 24]) await flipBytes(path, position);
    return [path, "no catalog file"];
  },
  "a flipped bit in a row of the catalog": async (data) => {
    const path = join(data, "catalog/catalog.mdb");
    const bytes = await readFile(path);
    const name = Buffer.from(TOPICS[0].name);
    // Old versions of a page hold the row as well.
    for (let at = bytes.indexOf(name); at >= 0; at = bytes.indexOf(name, at + 1)) await flipBytes(path, at);
    return [path, "the checksum of row"];
  },
  "a catalog that was cut off": async (data) => {
    const path = join(data, "catalog/catalog.mdb");
    await truncate(path, Math.floor((await stat(path)).size / 8192) * 4096);
    return [path, "cut off"];
  },
};

/** What is missing of a refusal: exit code 1, and one line with all the texts. Complaints. */
async function complaintsOf(broker, texts) {
  const { code, signal } = await within(20_000, broker.exited, () => "it neither started nor ended").catch(async (error) => {
    await broker.kill();
    throw error;
  });
  const complaints = code === 1 ? [] : [`exit code ${code ?? signal}: ${broker.lastWords()}`];
  const sentence = broker.lines.find((line) => texts.every((text) => line.includes(text)));
  if (!sentence) complaints.push(`nothing said ${texts.map((text) => `"${text}"`).join(" and ")}: ${broker.lastWords()}`);
  if (broker.lines.some((line) => /^\s+at .*\(/.test(line))) complaints.push("it showed a stack trace");
  return complaints;
}

const sentenceOf = (broker) => {
  const line = broker.lines.find((text) => text.includes('"level":"error"'));
  return line && JSON.parse(line).message;
};

export async function refusals({ command, port, directory, random, tally }) {
  const sound = join(directory, "sound");
  const data = join(directory, "spoiled");
  const start = (options) => startBroker({ command, port, data, name: "refusals", ...options });
  const expect = async (name, broker, texts) => {
    const complaints = await complaintsOf(broker, texts).catch((error) => [error.message]);
    tally.verdict(`refused: ${name}`, complaints);
    if (complaints.length === 0) tally.note(sentenceOf(broker) ?? "");
  };

  const owner = startBroker({ command, port, data: sound, name: "refusals-owner" });
  try {
    await owner.said(READY);
    const connection = await connectSoon(port);
    await createTopics(connection, TOPICS);
    connection.close();
    const load = startLoad({ port, random, shapes: [{ idempotent: true, inFlight: 1, records: 5, bytes: 300 }] });
    await load.nextAck();
    await sleep(500);
    await load.stopProducing();
    // So that the last group is sealed: damage to it is then damage, and no torn tail.
    await sleep(1_500);
    await expect("a directory in use", start({ port: port + 50, data: sound }), ["is in use", `process ${owner.pid}`]);
  } finally {
    await owner.kill();
  }
  for (const [name, spoil] of Object.entries(cases)) {
    await rm(data, { recursive: true, force: true });
    await cp(sound, data, { recursive: true, filter: (path) => !/lock\.[^/]*$/.test(path) });
    const texts = await spoil(data);
    await expect(name, start(), texts);
  }
  await expectUnwritable({ data, start, expect });
}

/** To root everything is writable, so the broker runs as somebody else. */
async function expectUnwritable({ data, start, expect }) {
  await rm(data, { recursive: true, force: true });
  await mkdir(data);
  await chmod(data, 0o555);
  const asRoot = process.getuid?.() === 0;
  await expect("a directory that is not writable", start({ identity: asRoot ? { uid: 65_534, gid: 65_534 } : {} }), [
    "cannot be written",
    data,
  ]);
}
