// The benchmark's command line: what to run, against what, how large, how often.
import { parseArgs } from "node:util";
import { scenarios } from "./scenarios/index.mjs";

/**
 * @typedef {object} Settings
 * @property {string[]} only        names of the scenarios to run
 * @property {number} rounds        how often each scenario runs on each server
 * @property {number} produceBytes  record bytes of one 1 KiB produce run
 * @property {number} smallBytes    record bytes of one 100 B produce run
 * @property {number} consumeBytes  record bytes that the consume scenarios read
 * @property {number} partitionedBytes record bytes of one many-partitions run
 * @property {number} warmupBytes   record bytes written and read before anything is measured
 * @property {number} latencySeconds
 * @property {number} compactedRecords  how many records the compaction scenario compacts
 * @property {number} starts        start-ups per round
 * @property {number} port          first of ten TCP ports the servers may use
 * @property {string} [data]        where the servers keep their data
 * @property {boolean} fsync        also run Kafka with an fsync for every append
 * @property {boolean} kafka
 * @property {boolean} moldau
 * @property {string[]} brokers     further brokers: name=host:port[,pid]
 * @property {string[]} producer    librdkafka properties for every producer, name=value
 * @property {string[]} consumer    librdkafka properties for every member of a group, name=value
 * @property {number} [members]     of all groups together, where a scenario's own number is not wanted
 * @property {number} [groups]      over which groups-heartbeats spreads its members
 * @property {number} [partitions]  of the topic that a group reads
 * @property {boolean} small        --quick
 */

const GB = 1e9;

const options = /** @type {const} */ ({
  only: { type: "string" },
  quick: { type: "boolean", default: false },
  rounds: { type: "string" },
  gigabytes: { type: "string" },
  "records-millions": { type: "string" },
  port: { type: "string", default: "22000" },
  data: { type: "string" },
  fsync: { type: "boolean", default: false },
  "no-kafka": { type: "boolean", default: false },
  "no-moldau": { type: "boolean", default: false },
  broker: { type: "string", multiple: true, default: /** @type {string[]} */ ([]) },
  producer: { type: "string", multiple: true, default: /** @type {string[]} */ ([]) },
  consumer: { type: "string", multiple: true, default: /** @type {string[]} */ ([]) },
  members: { type: "string" },
  groups: { type: "string" },
  partitions: { type: "string" },
  help: { type: "boolean", default: false },
});

export const usage = `usage: npm run bench -- [options]
  --only A,B         run only these scenarios: ${[...scenarios.keys()].join(", ")}
  --quick            one round, a quarter of the data, at most 100 partitions: a first look, not a figure to quote
  --rounds N         how often each scenario runs on each server, in turn (default 3; medians are reported)
  --gigabytes N      size of the 1 KiB produce run (default 2; 10 for the sustained figure)
  --broker N=H:P,PID also measure the broker at H:P under the name N; with PID, its CPU and memory too. Repeatable
  --fsync            also measure Kafka with log.flush.interval.messages=1
  --no-kafka, --no-moldau
  --producer N=V     a librdkafka property for every producer, e.g. batch.size=262144. Repeatable
  --consumer N=V     a librdkafka property for every member of groups-settle and groups-restart. Repeatable
  --members N, --groups N, --partitions N   the size of the groups-… scenarios, which run only when --only names them
  --records-millions N   the size of the compaction scenario, which runs only when --only names it (default 10)
  --data DIR         where the servers keep their data (default bench/build/data; must be a real disk)
  --port N           first of ten ports the servers may use (default 22000)
Kafka is found by the script MOLDAU_KAFKA_PEER names (default ../shared/peers/kafka beside the repository).`;

/** @param {string} name @param {string} text @param {number} least */
function positive(name, text, least) {
  const value = Number(text);
  if (!(value >= least)) throw new Error(`--${name} ${text}: must be a number of at least ${least}`);
  return value;
}

/** @param {"members" | "groups" | "partitions"} name @param {string | undefined} text */
const count = (name, text) => (text === undefined ? {} : { [name]: Math.round(positive(name, text, 1)) });

/** @param {string | undefined} only @param {boolean} quick */
function chosen(only, quick) {
  if (only === undefined) {
    return [...scenarios].flatMap(([name, { slow, onRequest }]) => (onRequest || (quick && slow) ? [] : [name]));
  }
  const names = only.split(",").map((name) => name.trim());
  const unknown = names.filter((name) => !scenarios.has(name));
  if (unknown.length > 0) throw new Error(`--only ${unknown.join(",")}: no such scenario. There are ${[...scenarios.keys()].join(", ")}`);
  return names;
}

/**
 * @param {string[]} argv
 * @returns {Settings | undefined} undefined: help was asked for
 */
export function parseCommandLine(argv) {
  const { values } = parseArgs({ args: argv, options, allowPositionals: false });
  if (values.help) return undefined;
  const scale = values.quick ? 0.25 : 1;
  return {
    only: chosen(values.only, values.quick),
    rounds: Math.round(positive("rounds", values.rounds ?? (values.quick ? "1" : "3"), 1)),
    produceBytes: positive("gigabytes", values.gigabytes ?? String(2 * scale), 0.01) * GB,
    smallBytes: 1 * GB * scale,
    consumeBytes: 2 * GB * scale,
    partitionedBytes: 1 * GB * scale,
    warmupBytes: 0.6 * GB,
    latencySeconds: values.quick ? 10 : 30,
    compactedRecords: Math.round(positive("records-millions", values["records-millions"] ?? (values.quick ? "2" : "10"), 0.01) * 1e6),
    starts: values.quick ? 3 : 5,
    port: positive("port", values.port, 1024),
    ...(values.data === undefined ? {} : { data: values.data }),
    fsync: values.fsync,
    kafka: !values["no-kafka"],
    moldau: !values["no-moldau"],
    brokers: values.broker,
    producer: values.producer,
    consumer: values.consumer,
    ...count("members", values.members),
    ...count("groups", values.groups),
    ...count("partitions", values.partitions),
    small: values.quick,
  };
}
