// Whether what Moldau acknowledges survives: the real command on a real disk, killed, cut off, filled up, damaged.
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { buildDirectory } from "../lib/paths.mjs";
import { endAll } from "../lib/processes.mjs";
import { openTally } from "../lib/tally.mjs";
import { defaultCommand } from "./broker/command.mjs";
import { ackTrace } from "./checks/ack-trace.mjs";
import { bank } from "./checks/bank.mjs";
import { canFail } from "./checks/can-fail.mjs";
import { damagedSegment } from "./checks/damaged-segment.mjs";
import { diskFull } from "./checks/disk-full.mjs";
import { killLoop } from "./checks/kill-loop.mjs";
import { manyPartitions } from "./checks/many-partitions.mjs";
import { powerCut } from "./checks/power-cut.mjs";
import { refusals } from "./checks/refusals.mjs";
import { stop } from "./checks/stop.mjs";
import { seededRandom } from "./load/random.mjs";

/** In the order they run. Each has ports of its own. */
const checks = {
  "can-fail": canFail,
  "kill-loop": killLoop,
  bank,
  "power-cut": powerCut,
  "ack-trace": ackTrace,
  stop,
  refusals,
  "damaged-segment": damagedSegment,
  "disk-full": diskFull,
  "many-partitions": manyPartitions,
};

const USAGE = `usage: node conformance/durability/run.mjs [--rounds N] [--only NAME,NAME…] [--seed N] [--port N] [--command FILE]
  --rounds N      rounds of the kill loop and of the bank, and of power cuts 2 for each 5 (default 10)
  --only NAMES    of ${Object.keys(checks).join(", ")}
  --seed N        chooses what is sent and when to kill (default: by the clock)
  --port N        the first of the ports to use (default 26000)
  --command FILE  the moldau command (default: this repository's, built)`;

function readOptions() {
  const { values } = parseArgs({
    options: {
      rounds: { type: "string", default: "10" },
      only: { type: "string" },
      seed: { type: "string" },
      port: { type: "string", default: "26000" },
      command: { type: "string", default: defaultCommand },
      help: { type: "boolean", short: "h" },
    },
  });
  const names = values.only?.split(",") ?? Object.keys(checks);
  const unknown = names.filter((name) => !(name in checks));
  if (unknown.length > 0) throw new Error(`no check is called ${unknown.join(", ")}\n${USAGE}`);
  return {
    ...values,
    names,
    seed: Number(values.seed ?? Date.now() % 1_000_000),
    rounds: Number(values.rounds),
    port: Number(values.port),
  };
}

/** The tally of conformance, with one suite and notes. */
function durabilityTally() {
  const tally = openTally();
  return {
    ...tally,
    note: (text) => console.log(`  ${text}`),
    skip: (check, why) => tally.record("skip", "durability", `${check}: ${why}`),
    verdict(check, complaints) {
      if (complaints.length === 0) tally.record("ok", "durability", check);
      else tally.record("not ok", "durability", `${check}: ${complaints.slice(0, 5).join("; ")}`);
    },
  };
}

async function main() {
  const options = readOptions();
  if (options.help) {
    console.log(USAGE);
    return;
  }
  const tally = durabilityTally();
  tally.note(`seed ${options.seed}`);
  for (const [i, name] of options.names.entries()) {
    const beganMs = performance.now();
    const directory = join(buildDirectory, "durability", name);
    await rm(directory, { recursive: true, force: true });
    await mkdir(directory, { recursive: true });
    const context = { ...options, port: options.port + i, random: seededRandom(options.seed), directory, tally };
    await checks[name](context).catch((error) => tally.verdict(name, [error.message]));
    // What failed leaves its data for a look.
    if (!tally.failed()) await rm(directory, { recursive: true, force: true });
    tally.note(`${name} took ${((performance.now() - beganMs) / 1000).toFixed(1)} s`);
  }
  console.log(tally.summary());
  if (tally.failed()) process.exitCode = 1;
}

for (const name of ["SIGINT", "SIGTERM"]) {
  process.once(name, () => {
    endAll();
    process.exit(130);
  });
}

main().catch((error) => {
  console.error(error.message);
  endAll();
  process.exitCode = 1;
});
