// Transactions through librdkafka: large ones for throughput, those of one record for how long a commit takes, and reading what is committed.
import { runLoad } from "../load.mjs";
import { observe } from "../measure/observe.mjs";
import { freshTopic, GB, per, startWarm } from "./scenario.mjs";

const RECORD_BYTES = 1024;
const PER_TRANSACTION = 1000;
const PACED_PAUSE_MS = 20;

/** @param {{ small: boolean }} settings */
const sizes = ({ small }) => ({ bulk: small ? 200_000 : 1_000_000, single: small ? 500 : 3000 });

/** @type {import("./scenario.mjs").Scenario} */
export const transactions = {
  about: `one transactional producer: transactions of ${PER_TRANSACTION} records of 1 KiB, then of one record`,
  needsControl: false,
  metrics: [
    { id: "mbPerSecond", label: "transactional produce", unit: "MB/s", better: "higher", must: 1.2 },
    { id: "cpuPerGb", label: "broker CPU per GB in", unit: "s/GB", better: "lower" },
    { id: "consume", label: "read_committed consume", unit: "MB/s", better: "higher" },
    { id: "commitP50", label: "commit of one record p50", unit: "ms", better: "lower", must: 1 },
    { id: "commitP99", label: "p99", unit: "ms", better: "lower" },
    { id: "pacedP50", label: "the same, 20 ms apart p50", unit: "ms", better: "lower", must: 1 },
    { id: "pacedP99", label: "p99", unit: "ms", better: "lower" },
    { id: "cpuPerTransaction", label: "broker CPU per transaction", unit: "ms", better: "lower" },
  ],
  run: async (bench) => {
    const { server, settings } = bench;
    const { bulk, single } = sizes(settings);
    await startWarm(bench);
    const commit = async (/** @type {number} */ records, /** @type {object} */ shape) => {
      const { topic } = await freshTopic(bench);
      const target = { broker: server.address, topic, records };
      const seen = await observe(server.pid(), () => runLoad("transactions", { ...target, ...shape }, settings.producer));
      const read = await runLoad("consume", { ...target, verify: "committed" });
      return { ...seen, read };
    };
    await commit(Math.min(bulk, 100_000), { "per-transaction": PER_TRANSACTION });
    await commit(200, {});
    const large = await commit(bulk, { "per-transaction": PER_TRANSACTION, "record-bytes": RECORD_BYTES });
    const back = await commit(single, {});
    const paced = await commit(single / 2, { "pause-ms": PACED_PAUSE_MS });
    return {
      values: {
        mbPerSecond: large.result.mbPerSecond,
        cpuPerGb: per(large.cpuSeconds, large.result.bytes / GB),
        consume: large.read.mbPerSecond,
        commitP50: back.result.commitMs.p50,
        commitP99: back.result.commitMs.p99,
        pacedP50: paced.result.commitMs.p50,
        pacedP99: paced.result.commitMs.p99,
        cpuPerTransaction: per(back.loadCpuSeconds, single / 1000),
      },
      raw: { large, back, paced },
    };
  },
};
