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

/** Rounds of load, a cut, and a read of everything promised. Returns { complaints, rounds, forgotten, totals }. */
async function cutRepeatedly({ command, port, random, disk, rounds, env, note }) {
  const start = () => startBroker({ command, port, data: join(disk.path, "data"), name: "power-cut", env });
  let broker = start();
  await broker.said(READY);
  const connection = await connectSoon(port);
  await createTopics(connection, TOPICS);
  connection.close();
  // So that without syncs it is records that are lost, and not the whole directory.
  await runTool("sync", "--file-system", disk.path);
  const load = startLoad({ port, random });
  const complaints = [];
  let done = 0;
  let forgotten = 0;
  try {
    while (done < rounds && complaints.length === 0) {
      done++;
      const settled = await probe(disk);
      await sleep(random.int(100, 1_500));
      await disk.cut();
      await broker.kill();
      await disk.plugIn();
      const files = await settled();
      if (!files.kept) complaints.push("the disk forgot a synced file: it is no disk to judge by");
      if (files.forgotten) forgotten++;
      const ack = load.nextAck();
      broker = start();
      const ackMs = await Promise.race([
        within(LIMIT_MS, ack, () => `no acknowledgement after cut ${done}: ${broker.lastWords()}`),
        broker.exited.then(() => undefined),
      ]);
      if (ackMs === undefined) complaints.push(`after cut ${done} the broker did not start: ${broker.lastWords()}`);
      else await within(LIMIT_MS, load.check({ all: true }), () => `what was there after cut ${done} could not be read`);
      complaints.push(...load.complaints);
      note(`cut ${done}: ${complaints.length === 0 ? "all there" : "something is missing"}; ${load.totals().records} records`);
    }
  } catch (error) {
    complaints.push(error.message);
  } finally {
    await broker.kill();
    await load.stopProducing();
  }
  return { complaints, rounds: done, forgotten, totals: load.totals() };
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
  const real = await run({ rounds });
  tally.note(`${real.rounds} power cuts, ${real.totals.batches} batches and ${real.totals.records} records acknowledged`);
  tally.note(`an unsynced file was gone after ${real.forgotten} of them`);
  tally.verdict("power cut: the disk forgets what was not synced", real.forgotten > 0 ? [] : ["it never did"]);
  tally.verdict("power cut: everything acknowledged is there", real.complaints);
  const unsynced = await run({ rounds: UNSYNCED_ROUNDS, env: { LD_PRELOAD: neverSync } });
  tally.note(`without syncs: ${unsynced.complaints[0] ?? "nothing was missed"}`);
  tally.verdict("power cut: a broker that syncs nothing is caught", unsynced.complaints.length > 0 ? [] : ["it lost nothing"]);
}
