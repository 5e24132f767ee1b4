// `moldau cluster`: the brokers, what they can, and what they hold.
import { type Admin, ClientError } from "@moldau/client";
import { Command } from "commander";
import { type ClientFlags, JSON_FLAG, withClientFlags } from "../client/flags.js";
import { withClient } from "../client/with-client.js";
import type { CommandIo } from "../io.js";
import { bytesText, countText, jsonLine, table } from "../text.js";

export function clusterCommand(io: CommandIo): Command {
  const cluster = new Command("cluster").helpOption("-h, --help", "print help").addHelpText("after", EXAMPLES);
  withClientFlags(cluster.command("describe").description("brokers and features"))
    .option(...JSON_FLAG)
    .action((flags: ClientFlags) => describe(io, flags));
  withClientFlags(cluster.command("disk").description("how much topics take on each broker's disk"))
    .option(...JSON_FLAG)
    .action((flags: ClientFlags) => disk(io, flags));
  return cluster;
}

async function describe(io: CommandIo, flags: ClientFlags): Promise<void> {
  await withClient(io, flags, async (client) => {
    const { cluster } = client.admin();
    const { clusterId, controller, brokers } = await cluster.describe({ includeFenced: true });
    const { finalized, supported } = await cluster.features();
    const features = [...supported].map(([name, { min, max }]) => ({ name, level: finalized.get(name) ?? 0, min, max }));
    if (flags.json) return io.write(jsonLine({ clusterId, controller, brokers, features }));
    const brokerRows = brokers.map(({ nodeId, host, port, rack, isFenced }) => [
      nodeId,
      `${host}:${port}`,
      rack ?? "-",
      isFenced ? "fenced" : nodeId === controller ? "controller" : "up",
    ]);
    const featureRows = features
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map(({ name, level, min, max }) => [name, level, `${min}-${max}`]);
    await io.write(
      `cluster ${clusterId ?? "without id"}: ${countText(brokers.length, "broker")}\n\n${table(["BROKER", "ADDRESS", "RACK", "STATE"], brokerRows)}` +
        (featureRows.length === 0 ? "" : `\n${table(["FEATURE", "LEVEL", "SUPPORTED"], featureRows)}`),
    );
  });
}

interface TopicOnDisk {
  readonly nodeId: number;
  readonly topic: string;
  readonly partitions: number;
  readonly bytes: number;
}

async function disk(io: CommandIo, flags: ClientFlags): Promise<void> {
  await withClient(io, flags, async (client) => {
    const topics = await onDisk(client.admin());
    if (flags.json) {
      for (const topic of topics) await io.write(jsonLine(topic));
      return;
    }
    const rows = topics.map(({ nodeId, topic, partitions, bytes }) => [nodeId, topic, partitions, bytesText(bytes)]);
    await io.write(table(["BROKER", "TOPIC", "PARTITIONS", "SIZE"], rows));
  });
}

/** The largest first. */
async function onDisk({ logDirs }: Admin): Promise<readonly TopicOnDisk[]> {
  const found = new Map<string, TopicOnDisk>();
  for (const { nodeId, path, error, replicas } of await logDirs.describe()) {
    if (error) throw new ClientError(error.code, `${path} of broker ${nodeId} cannot be used: ${error.message}`);
    for (const { topic, bytes } of replicas) {
      const key = `${nodeId} ${topic}`;
      const before = found.get(key) ?? { nodeId, topic, partitions: 0, bytes: 0 };
      found.set(key, { ...before, partitions: before.partitions + 1, bytes: before.bytes + bytes });
    }
  }
  return [...found.values()].sort((a, b) => b.bytes - a.bytes || (a.topic < b.topic ? -1 : 1));
}

const EXAMPLES = `
Examples:
  moldau cluster describe
  moldau cluster describe --bootstrap kafka-1:9092,kafka-2:9092 --json
  moldau cluster disk
`;
