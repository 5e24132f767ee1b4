// The benchmark: Moldau and a real Kafka in turn, on the same machine, under the same load. `node bench/run.mjs --help`.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseCommandLine, usage } from "./command-line.mjs";
import { buildLoad } from "./load.mjs";
import { describeMachine, freeBytes, requireRealDisk, syncDisks } from "./measure/machine.mjs";
import { cleanUpAtExit } from "./processes.mjs";
import { scenarios } from "./scenarios/index.mjs";
import { findKafka, kafkaPeer, kafkaServer } from "./servers/kafka.mjs";
import { isBuilt, moldauServer } from "./servers/moldau.mjs";
import { foreignServer } from "./servers/server.mjs";
import { summarize } from "./summary.mjs";
import { table } from "./table.mjs";

const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));
const say = (/** @type {string} */ text) => process.stderr.write(`${text}\n`);
const BASELINE = "kafka";
const SUBJECT = "moldau";
/** The share of the machine others may use before a figure deserves a warning. */
const NOISE_SHARE = 0.1;

/** @param {import("./command-line.mjs").Settings} settings @param {string} data @param {(text: string) => void} note */
async function chooseServers(settings, data, note) {
  const { port } = settings;
  const servers = settings.brokers.map(foreignServer);
  if (settings.moldau && isBuilt()) servers.unshift(moldauServer({ name: SUBJECT, port: port + 4, directory: join(data, SUBJECT) }));
  else if (settings.moldau) note("Moldau is not built (npm run build): left out");
  const classPath = settings.kafka ? await findKafka() : undefined;
  if (settings.kafka && classPath === undefined) note(`no Kafka at ${kafkaPeer} (MOLDAU_KAFKA_PEER names its script): left out`);
  if (classPath === undefined) return servers;
  const kafka = { classPath, extra: {} };
  const flushed = { name: "kafka-fsync", extra: { "log.flush.interval.messages": "1" } };
  return [
    kafkaServer({ ...kafka, name: BASELINE, port, directory: join(data, BASELINE) }),
    ...(settings.fsync ? [kafkaServer({ ...kafka, ...flushed, port: port + 2, directory: join(data, flushed.name) })] : []),
    ...servers,
  ];
}

/** @param {unknown} raw @returns {number} the largest othersShare anywhere in what a scenario observed */
function othersShare(raw) {
  if (typeof raw !== "object" || raw === null) return 0;
  return Math.max(0, ...Object.entries(raw).map(([key, value]) => (key === "othersShare" ? Number(value) : othersShare(value))));
}

/**
 * @param {string} name
 * @param {import("./scenarios/scenario.mjs").Bench} bench
 * @param {number} round
 * @returns {Promise<import("./summary.mjs").Round>}
 */
async function runOnce(name, bench, round) {
  const scenario = scenarios.get(name);
  const { server, note } = bench;
  if (!scenario) throw new Error(`no scenario ${name}`);
  const begun = performance.now();
  const where = { scenario: name, server: server.name, round };
  try {
    const { values, raw } = await scenario.run(bench);
    const figures = scenario.metrics.map(({ id, unit }) => `${id} ${values[id]?.toPrecision(3) ?? "–"} ${unit}`).join(", ");
    say(`  ${server.name}: ${figures}  [${((performance.now() - begun) / 1000).toFixed(0)} s]`);
    return { ...where, values, raw, othersShare: othersShare(raw) };
  } catch (error) {
    const complaints = server.complaints();
    const message = `${error instanceof Error ? error.message : error}${complaints && `\n${server.name}'s log: ${complaints}`}`;
    say(`  ${server.name}: FAILED: ${message}`);
    note(`${name} on ${server.name}, round ${round + 1}, failed: ${message}`);
    return { ...where, error: message };
  } finally {
    await server.destroy();
    await syncDisks();
  }
}

/** How busy the rest of the machine was, where it was busy enough to matter. @param {readonly import("./summary.mjs").Round[]} rounds */
function noise(rounds) {
  const loud = rounds.filter(({ othersShare = 0 }) => othersShare > NOISE_SHARE);
  const shares = loud.map(({ scenario, server, othersShare = 0 }) => `${scenario} ${server} ${Math.round(othersShare * 100)} %`);
  return shares.length === 0 ? [] : [`other programs used a part of the machine, so these figures are less sure: ${shares.join(", ")}`];
}

/**
 * Every scenario on every server, the servers taking turns within a round and changing places from round to round.
 * @param {import("./command-line.mjs").Settings} settings
 * @param {readonly import("./servers/server.mjs").Server[]} servers
 * @param {(text: string) => void} note
 */
async function runAll(settings, servers, note) {
  /** @type {import("./summary.mjs").Round[]} */
  const rounds = [];
  for (const name of settings.only) {
    for (let round = 0; round < settings.rounds; round++) {
      say(`${name}, round ${round + 1} of ${settings.rounds}: ${scenarios.get(name)?.about}`);
      const able = servers.filter((server) => server.controlled || !scenarios.get(name)?.needsControl);
      for (const server of round % 2 === 0 ? able : able.toReversed()) rounds.push(await runOnce(name, { server, settings, note }, round));
    }
  }
  return rounds;
}

async function main() {
  const settings = parseCommandLine(process.argv.slice(2));
  if (!settings) return console.log(usage);
  cleanUpAtExit();
  buildLoad();
  const data = settings.data ?? here("./build/data");
  mkdirSync(data, { recursive: true });
  requireRealDisk(data);
  const needed = 3 * Math.max(settings.produceBytes, settings.consumeBytes) + 5e9;
  if (freeBytes(data) < needed) throw new Error(`${data} has less than ${(needed / 1e9).toFixed(0)} GB free`);

  /** @type {Set<string>} */
  const notes = new Set();
  const note = (/** @type {string} */ text) => void notes.add(text);
  const servers = await chooseServers(settings, data, note);
  if (servers.length === 0) throw new Error([...notes, "nothing to measure"].join("\n"));
  const startedAt = new Date().toISOString();
  const rounds = await runAll(settings, servers, note);
  for (const text of noise(rounds)) note(text);

  const lines = summarize(rounds, scenarios, { baseline: BASELINE, subject: SUBJECT });
  mkdirSync(here("./results"), { recursive: true });
  const path = here(`./results/${startedAt.replaceAll(":", "-").replace(/\..*/, "")}.json`);
  const report = { startedAt, machine: describeMachine(), settings, notes: [...notes], summary: lines, rounds };
  writeFileSync(path, `${JSON.stringify(report, null, 2)}\n`);
  if (lines.length > 0) console.log(`\n${table(lines, { servers: servers.map(({ name }) => name), baseline: BASELINE })}`);
  for (const text of notes) console.log(`note: ${text}`);
  console.log(
    `\nMB = 10⁶ and GB = 10⁹ bytes of record values; median${settings.rounds > 1 ? " (least…most)" : ""} of ${settings.rounds}. ${path}`,
  );
  if (rounds.some(({ error }) => error !== undefined)) process.exitCode = 1;
}

main().catch((error) => {
  say(`bench: ${error instanceof Error ? error.message : error}`);
  process.exit(2);
});
