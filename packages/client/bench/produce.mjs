// How fast records go out, in the ways there are to send them, to a broker that runs already:
//
//   node packages/client/bench/produce.mjs HOST:PORT [--ways enqueue,sendAll,send] [--bytes 100,1024] [--seconds 3] [--compression none]
//
// Prints records and megabytes per second, and the processor time of this process per million records and per gigabyte. Needs a build.
import { parseArgs } from "node:util";
import { createClient } from "@moldau/client";
import { CreateTopics } from "@moldau/protocol";

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    ways: { type: "string", default: "enqueue,sendAll,send" },
    bytes: { type: "string", default: "100,1024" },
    seconds: { type: "string", default: "3" },
    partitions: { type: "string", default: "3" },
    compression: { type: "string", default: "none" },
    batch: { type: "string" },
  },
});
const bootstrap = positionals[0] ?? "127.0.0.1:9092";
const durationMs = Number(flags.seconds) * 1000;
const AT_ONCE = 1000;
const WARM_UP_MS = 1000;

/** Each sends until the time is up and gives the number of records acknowledged. */
const ways = {
  async enqueue(producer, record, isOver) {
    let count = 0;
    while (!isOver()) {
      for (let i = 0; i < AT_ONCE; i++) {
        while (!producer.enqueue(record)) await producer.room();
        count++;
      }
    }
    await producer.flush();
    return count;
  },
  async sendAll(producer, record, isOver) {
    const records = Array.from({ length: AT_ONCE }, () => record);
    let count = 0;
    const worker = async () => {
      while (!isOver()) {
        const { length } = await producer.sendAll(records);
        count += length;
      }
    };
    await Promise.all(Array.from({ length: 5 }, worker));
    return count;
  },
  async send(producer, record, isOver) {
    let count = 0;
    const worker = async () => {
      while (!isOver()) {
        await producer.send(record);
        count++;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    return count;
  },
};

async function measured(way, bytes) {
  const client = createClient({ bootstrap });
  const topic = `bench-${way}-${bytes}-${Date.now().toString(36)}`;
  const topics = [{ name: topic, numPartitions: Number(flags.partitions), replicationFactor: 1, assignments: [], configs: [] }];
  await client.cluster.ask(CreateTopics, { topics, timeoutMs: 10_000, validateOnly: false });
  const batching = flags.batch ? { batchBytes: Number(flags.batch) } : {};
  const producer = client.producer({ compression: flags.compression, ...batching });
  const record = { topic, value: Buffer.alloc(bytes, "0123456789abcdefghijklmnopqrstuvwxyz") };
  // What has not run yet is compiled first.
  const warm = performance.now() + WARM_UP_MS;
  await ways[way](producer, record, () => performance.now() > warm);
  const cpuBefore = process.cpuUsage();
  const start = performance.now();
  const count = await ways[way](producer, record, () => performance.now() - start > durationMs);
  const seconds = (performance.now() - start) / 1000;
  const cpu = process.cpuUsage(cpuBefore);
  const cpuSeconds = (cpu.user + cpu.system) / 1e6;
  await client.close();
  return { count, seconds, cpuSeconds, gigabytes: (count * bytes) / 1e9 };
}

for (const bytes of flags.bytes.split(",").map(Number)) {
  for (const way of flags.ways.split(",")) {
    const { count, seconds, cpuSeconds, gigabytes } = await measured(way, bytes);
    const rate = Math.round(count / seconds).toLocaleString("en");
    const megabytes = ((gigabytes * 1000) / seconds).toFixed(1);
    const cost = `${((cpuSeconds / count) * 1e6).toFixed(2)} CPU s/M records, ${(cpuSeconds / gigabytes).toFixed(1)} CPU s/GB`;
    const rss = Math.round(process.memoryUsage.rss() / 2 ** 20);
    console.log(
      `${way.padEnd(8)} ${String(bytes).padStart(5)} B  ${rate.padStart(10)} records/s  ${megabytes.padStart(6)} MB/s  ${cost}  ${rss} MiB`,
    );
  }
}
