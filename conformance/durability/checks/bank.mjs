// kill -9 during transactions, over and over: no transfer is ever seen by half, committed ones stay, aborted ones are never seen.
import { access } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { buildDirectory } from "../../lib/paths.mjs";
import { end, start } from "../../lib/processes.mjs";
import { READY, startBroker } from "../broker/command.mjs";
import { within } from "../within.mjs";

const PYTHON = join(buildDirectory, "python/venv/bin/python");
const PROGRAM = fileURLToPath(new URL("../load/bank.py", import.meta.url));
const OPEN_LIMIT_MS = 60_000;
const AUDIT_LIMIT_MS = 240_000;
/** Between a start and the next kill: time enough for transactions at some point of their way. */
const ALIVE_MS = { least: 150, most: 900 };

function openBank(port, seed) {
  const child = start([PYTHON, "-B", "-u", PROGRAM, `127.0.0.1:${port}`, String(seed)], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const said = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error("the bank ended by itself");
    return JSON.parse(value);
  };
  return { child, said };
}

/** `rounds` kills; figures and verdicts go to `tally`. */
export async function bank({ command, port, directory, random, rounds, seed, tally }) {
  const missing = await access(PYTHON).then(
    () => false,
    () => true,
  );
  if (missing) return tally.skip("bank", "confluent-kafka is not there: node conformance/run.mjs --only python --build");
  const data = join(directory, "data");
  const open = () => startBroker({ command, port, data, name: "bank" });
  let broker = open();
  await broker.said(READY);
  const { child, said } = openBank(port, seed);
  try {
    await within(OPEN_LIMIT_MS, said(), () => "the bank did not open");
    for (let round = 1; round <= rounds; round++) {
      await sleep(random.int(ALIVE_MS.least, ALIVE_MS.most));
      if (broker.hasExited()) throw new Error(`the broker ended by itself in round ${round}: ${broker.lastWords()}`);
      await broker.kill();
      broker = open();
      await broker.said(READY);
    }
    child.stdin.write("end\n");
    const found = await within(AUDIT_LIMIT_MS, said(), () => "the bank was not audited");
    const { committed, aborted, unknown, seen } = found;
    tally.note(`${rounds} kills; ${committed} transfers committed, ${aborted} aborted, ${unknown} unknown; ${seen} seen`);
    tally.verdict("kill -9 during transactions: transfers are whole or absent, as was said", found.complaints);
    tally.verdict("kill -9 during transactions: transfers went on", committed > rounds ? [] : [`only ${committed} in ${rounds} rounds`]);
  } finally {
    await end(child, 5_000);
    await broker.kill();
  }
}
