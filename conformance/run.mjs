// Runs the suites of foreign Kafka clients against a broker: `npm run conformance -- --help`.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { groupsServed } from "./lib/groups.mjs";
import { buildDirectory, conformanceDirectory } from "./lib/paths.mjs";
import { build, endAll } from "./lib/processes.mjs";
import { runRound, suites } from "./lib/suites.mjs";
import { openTally } from "./lib/tally.mjs";
import { answers, openTarget } from "./lib/target.mjs";

const USAGE = `usage: node conformance/run.mjs [--broker HOST:PORT | --kafka] [--only NAME,NAME…] [--groups] [--build]
  --broker HOST:PORT  a broker that is already running (default: starts a Moldau of this repository)
  --kafka             starts a real Apache Kafka by the script $MOLDAU_KAFKA_PEER
  --only NAMES        of ${suites.map(({ name }) => name).join(", ")}
  --groups            only the checks of consumer groups, even if the broker serves but some of what they need
  --record            has what it answers to the group requests of the suite raw written down, as what Kafka answers
  --build             only fetches and builds what the suites need`;

function readOptions() {
  const { values } = parseArgs({
    options: {
      broker: { type: "string" },
      kafka: { type: "boolean" },
      only: { type: "string" },
      groups: { type: "boolean" },
      record: { type: "boolean" },
      build: { type: "boolean" },
      help: { type: "boolean", short: "h" },
    },
  });
  const names = values.only?.split(",") ?? suites.map(({ name }) => name);
  const unknown = names.filter((name) => !suites.some((suite) => suite.name === name));
  if (unknown.length > 0) throw new Error(`no suite is called ${unknown.join(", ")}\n${USAGE}`);
  return { ...values, chosen: suites.filter(({ name }) => names.includes(name)) };
}

/** Builds each suite; those without their runtime, or that do not build, are recorded and left out. */
async function buildAll(chosen, tally) {
  const built = [];
  for (const suite of chosen) {
    const missing = await suite.missing();
    if (missing) {
      tally.record("skip", suite.name, missing);
      continue;
    }
    try {
      await suite.build();
      built.push(suite);
    } catch (error) {
      tally.record("not ok", suite.name, `builds: ${error.message}`);
    }
  }
  return built;
}

async function runRecords(ready, context) {
  const { target, tally } = context;
  const topics = [];
  for (const suite of ready) {
    topics.push(...(await runRound(suite, "check", { ...context, topics: [] })));
    const alive = await answers(target.host, target.port, 10_000);
    tally.record(alive ? "ok" : "not ok", suite.name, `leaves the broker answering${alive ? "" : ": no answer in 10 s"}`);
  }
  for (const suite of ready.filter(({ reads = true }) => reads)) {
    const others = topics.filter(({ from }) => from !== suite.name);
    if (others.length > 0) await runRound(suite, "read", { ...context, topics: others });
  }
}

async function runGroups(ready, context, { evenIfSome }) {
  const { target, tally } = context;
  const { served, lacking } = await groupsServed(target);
  if (served !== "all") tally.record("skip", "groups", lacking);
  if (served === "none" || (served === "some" && !evenIfSome)) return;
  for (const suite of ready.filter(({ groups = false }) => groups)) {
    await runRound(suite, "groups", { ...context, topics: [] });
    const alive = await answers(target.host, target.port, 10_000);
    tally.record(alive ? "ok" : "not ok", suite.name, `leaves the broker answering${alive ? "" : ": no answer in 10 s"}`);
  }
}

async function runAll(ready, target, tally, { groups = false }) {
  const context = { target, tally, runId: Date.now().toString(36) };
  if (!groups) await runRecords(ready, context);
  await runGroups(ready, context, { evenIfSome: groups });
}

async function record(target) {
  const env = { CONFORMANCE_BROKER: `${target.host}:${target.port}`, CONFORMANCE_TOPIC_PREFIX: `r-${Date.now().toString(36)}` };
  const tail = await build([process.execPath, join(conformanceDirectory, "clients/raw/groups/record.mjs")], { env });
  console.log(tail.join("\n"));
}

let target;

async function main() {
  const options = readOptions();
  if (options.help) {
    console.log(USAGE);
    return;
  }
  await mkdir(join(buildDirectory, "logs"), { recursive: true });
  const tally = openTally();
  const ready = await buildAll(options.record ? [] : options.chosen, tally);
  if (options.build) console.log(`built ${ready.map(({ name }) => name).join(", ")}`);
  else {
    target = await openTarget(options);
    try {
      await (options.record ? record(target) : runAll(ready, target, tally, options));
    } finally {
      const trouble = await target.stop();
      if (trouble) tally.record("not ok", "broker", `ends on SIGTERM: ${trouble}`);
    }
  }
  console.log(tally.summary());
  if (tally.failed()) process.exitCode = 1;
}

for (const name of ["SIGINT", "SIGTERM"]) {
  process.once(name, async () => {
    endAll();
    await target?.stop();
    process.exit(130);
  });
}

main().catch((error) => {
  console.error(error.message);
  endAll();
  process.exitCode = 1;
});
