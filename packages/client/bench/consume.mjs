// How fast records come in, one by one and by batches, from a broker that runs already. It fills a topic first, unless one is named:
//
//   node packages/client/bench/consume.mjs HOST:PORT [--ways records,batches,bytes] [--bytes 100,1024] [--megabytes 200] [--compression none]
//
// `batches` looks at each record of each batch, `bytes` at batches alone. Prints records and megabytes per second, and the processor time of
// this process per million records and per gigabyte. Needs a build.
import { parseArgs } from "node:util";
import { ClientError, createClient } from "@moldau/client";
import { CreateTopics, Produce } from "@moldau/protocol";
import { buildBatch } from "@moldau/records";

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    ways: { type: "string", default: "records,batches,bytes" },
    bytes: { type: "string", default: "100,1024" },
    megabytes: { type: "string", default: "200" },
    partitions: { type: "string", default: "3" },
    compression: { type: "string", default: "none" },
    group: { type: "boolean", default: false },
  },
});
const bootstrap = positionals[0] ?? "127.0.0.1:9092";
const partitions = Number(flags.partitions);
const BATCH_BYTES = 256 * 1024;

const ways = {
  async records(consumer, count) {
    let seen = 0;
    let sum = 0;
    for await (const record of consumer) {
      sum += record.value.length;
      if (++seen === count) return sum;
    }
  },
  async batches(consumer, count) {
    let seen = 0;
    let sum = 0;
    for await (const { records } of consumer.batches()) {
      for (const record of records) {
        sum += record.value.length;
        seen++;
      }
      if (seen >= count) return sum;
    }
  },
  async bytes(consumer, count) {
    let seen = 0;
    for await (const { firstOffset, lastOffset } of consumer.batches()) {
      seen += lastOffset - firstOffset + 1;
      if (seen >= count) return seen;
    }
  },
};

async function fill({ cluster }, topic, bytes) {
  const topics = [{ name: topic, numPartitions: partitions, replicationFactor: 1, assignments: [], configs: [] }];
  await cluster.ask(CreateTopics, { topics, timeoutMs: 10_000, validateOnly: false });
  const value = Buffer.alloc(bytes, "0123456789abcdefghijklmnopqrstuvwxyz");
  const perBatch = Math.max(1, Math.floor(BATCH_BYTES / bytes));
  const timestamp = Date.now();
  const batch = () =>
    buildBatch({ records: Array.from({ length: perBatch }, () => ({ value, timestamp })), compression: flags.compression });
  const batchesEach = Math.ceil((Number(flags.megabytes) * 1e6) / bytes / perBatch / partitions);
  const info = await cluster.retrying({}, () => cluster.metadata.topic(topic));
  for (let i = 0; i < batchesEach; i++) {
    for (const { partition, leader } of info.partitions) {
      const topicData = [{ name: topic, partitionData: [{ index: partition, records: [batch()] }] }];
      const request = { transactionalId: null, acks: -1, timeoutMs: 10_000, topicData };
      const send = async () => {
        const answer = await cluster.askBroker(leader, Produce, request, { maxVersion: 12 });
        const { errorCode } = answer.responses[0].partitionResponses[0];
        // Just created: its leader may not know yet.
        if (errorCode !== 0) throw new ClientError("UNKNOWN_SERVER_ERROR", `produce: error ${errorCode}`, { retriable: true });
      };
      await cluster.retrying({}, send);
    }
  }
  return batchesEach * partitions * perBatch;
}

async function measured(way, topic, count) {
  const client = createClient({ bootstrap });
  const which = flags.group
    ? { group: `bench-${Date.now().toString(36)}`, topics: topic }
    : { assign: Array.from({ length: partitions }, (_, partition) => ({ topic, partition })) };
  const consumer = client.consumer({ ...which, from: "earliest" });
  const cpuBefore = process.cpuUsage();
  const start = performance.now();
  await ways[way](consumer, count);
  const seconds = (performance.now() - start) / 1000;
  const cpu = process.cpuUsage(cpuBefore);
  await client.close();
  return { seconds, cpuSeconds: (cpu.user + cpu.system) / 1e6 };
}

for (const bytes of flags.bytes.split(",").map(Number)) {
  const client = createClient({ bootstrap });
  const topic = `bench-consume-${bytes}-${Date.now().toString(36)}`;
  const count = await fill(client, topic, bytes);
  await client.close();
  for (const way of flags.ways.split(",")) {
    const { seconds, cpuSeconds } = await measured(way, topic, count);
    const gigabytes = (count * bytes) / 1e9;
    const rate = Math.round(count / seconds).toLocaleString("en");
    const cost = `${((cpuSeconds / count) * 1e6).toFixed(2)} CPU s/M records, ${(cpuSeconds / gigabytes).toFixed(2)} CPU s/GB`;
    const rss = Math.round(process.memoryUsage.rss() / 2 ** 20);
    const megabytes = ((gigabytes * 1000) / seconds).toFixed(0);
    console.log(
      `${way.padEnd(8)} ${String(bytes).padStart(5)} B  ${rate.padStart(11)} records/s  ${megabytes.padStart(5)} MB/s  ${cost}  ${rss} MiB`,
    );
  }
}
