// The power fails, on a disk that forgets what was not synced: nothing acknowledged is lost. A broker that syncs nothing is caught,
// which shows that the disk does forget.
import { open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { READY, startBroker } from "../broker/command.mjs";
import { connectSoon } from "../broker/connection.mjs";
import { createTopics, TOPICS } from "../broker/topics.mjs";
import { cannotMount, powerDisk } from "../filesystem/mounts.mjs";
import { compile, runTool } from "../filesystem/tools.mjs";
import { startLoad } from "../load/load.mjs";
import { within } from "../within.mjs";

const DISK_BYTES = 6 * 1024 ** 3;
const LIMIT_MS = 60_000;
/** A cut takes longer than a kill, so there are fewer. */
const CUTS_PER_KILL = 0.4;
const LEAST_CUTS = 3;
/** A broker that syncs nothing loses something in the first cut, nearly always. */
const UNSYNCED_ROUNDS = 3;

/** Two files, one synced. The result tells after a cut what became of them; an unsynced one may be written back early, by chance. */
async function probe(disk) {
  for (const [name, synced] of [
    ["synced", true],
    ["unsynced", false],
  ]) {
    const file = await open(join(disk.path, name), "w");
    await file.write(name);
    if (synced) await file.sync();
    await file.close();
  }
  return async () => {
    const content = (name) => readFile(join(disk.path, name), "utf8").catch(() => "");
    const kept = await content("synced");
    const forgotten = await content("unsynced");
    for (const name of ["synced", "unsynced"]) await rm(join(disk.path, name), { force: true });
    return { kept: kept === "synced", forgotten: forgotten === "" };
  };
}

/** A broker on that disk under load, and what can happen to it. Each step is a promise; what breaks is among load.complaints, or thrown. */
async function brokerOnDisk({ command, port, random, disk, env }) {
  const launch = () => startBroker({ command, port, data: join(disk.path, "data"), name: "power-cut", env });
  let broker = launch();
  await broker.said(READY);
  const connection = await connectSoon(port);
  await createTopics(connection, TOPICS);
  connection.close();
  // So that without syncs it is records that are lost, and not the whole directory.
  await runTool("sync", "--file-system", disk.path);
  const load = startLoad({ port, random });

  return {
    load,
    kill: () => broker.kill(),
    launch() {
      broker = launch();
    },
    /**
     * The power fails, and is there again. The broker is frozen before, for file systems are not shut down in an instant: a sync that
     * meets the middle of it may succeed though its data is lost. Of power that fails, nobody hears such an answer.
     */
    async cut() {
      await broker.freeze();
      await disk.cut();
      await broker.kill();
      await disk.plugIn();
    },
    /** Until it acknowledges again, and what is new was read. */
    async startAndRead() {
      const ack = load.nextAck();
      broker = launch();
      const ended = broker.exited.then(() => {
        throw new Error(`the broker did not start: ${broker.lastWords()}`);
      });
      ended.catch(() => {});
      await Promise.race([within(LIMIT_MS, ack, () => `no acknowledgement after a restart: ${broker.lastWords()}`), ended]);
      await within(LIMIT_MS, load.check(), () => "what was there could not be read");
    },
  };
}

/** Ways to come to a power cut, the last of which each ends with. */
const courses = {
  "under load": (subject) => subject.cut(),
  // What was read after the kill must stay, though nobody was promised it before.
  "after a kill -9 and a look at what is there": async (subject) => {
    await subject.kill();
    await subject.startAndRead();
    await subject.cut();
  },
  "and again while starting": async (subject, random) => {
    await subject.cut();
    subject.launch();
    await sleep(random.int(30, 600));
    await subject.cut();
  },
};

/** Rounds of load, a cut, and a read of what is there. Returns { complaints, rounds, forgotten, totals }. */
async function cutRepeatedly({ rounds, note, ...options }) {
  const { disk, random } = options;
  const subject = await brokerOnDisk(options);
  const { load } = subject;
  const complaints = [];
  let done = 0;
  let forgotten = 0;
  try {
    while (done < rounds && complaints.length === 0) {
      const [how, course] = Object.entries(courses)[done++ % 3];
      const settled = await probe(disk);
      await sleep(random.int(100, 1_500));
      await course(subject, random);
      const files = await settled();
      if (!files.kept) complaints.push("the disk forgot a synced file: it is no disk to judge by");
      if (files.forgotten) forgotten++;
      await subject.startAndRead();
      if (done === rounds) await fullRead(load);
      complaints.push(...load.complaints);
      note(`cut ${done}, ${how}: ${complaints.length === 0 ? "all there" : "something is missing"}; ${load.totals().records} records`);
    }
  } catch (error) {
    complaints.push(`cut ${done}: ${error.message}`);
  } finally {
    await subject.kill();
    await load.stopProducing();
  }
  return { complaints, rounds: done, forgotten, totals: load.totals() };
}

/** What earlier cuts left must be there after the last one too. */
async function fullRead(load) {
  await within(LIMIT_MS, load.stopProducing(), () => "the producers did not come to an end");
  await within(LIMIT_MS, load.check({ all: true }), () => "the full read did not end");
}

export async function powerCut({ command, port, directory, random, rounds, tally }) {
  const reason = await cannotMount();
  if (reason) return tally.skip("power cut", reason);
  const neverSync = await compile("never-sync", ["-shared", "-fPIC"]);
  const run = async (options) => {
    const disk = await powerDisk(directory, DISK_BYTES);
    try {
      return await cutRepeatedly({ command, port, random, disk, note: tally.note, ...options });
    } finally {
      await disk.remove();
    }
  };
  const real = await run({ rounds: Math.max(LEAST_CUTS, Math.round(rounds * CUTS_PER_KILL)) });
  tally.note(`${real.rounds} power cuts, ${real.totals.batches} batches and ${real.totals.records} records acknowledged`);
  tally.note(`an unsynced file was gone after ${real.forgotten} of them`);
  tally.verdict("power cut: the disk forgets what was not synced", real.forgotten > 0 ? [] : ["it never did"]);
  tally.verdict("power cut: everything acknowledged is there", real.complaints);
  const unsynced = await run({ rounds: UNSYNCED_ROUNDS, env: { LD_PRELOAD: neverSync } });
  tally.note(`without syncs: ${unsynced.complaints[0] ?? "nothing was missed"}`);
  tally.verdict("power cut: a broker that syncs nothing is caught", unsynced.complaints.length > 0 ? [] : ["it lost nothing"]);
}
