// Topics listed and described.
import type { Admin, ConfigEntry, OffsetFound, OffsetQuestion, Outcome, TopicDescription } from "@moldau/client";
import type { ClientFlags } from "../client/flags.js";
import { valuesOf } from "../client/outcomes.js";
import { withClient } from "../client/with-client.js";
import type { CommandIo } from "../io.js";
import { countText, jsonLine, table } from "../text.js";

export interface ListFlags extends ClientFlags {
  readonly internal?: true;
}

export async function list(io: CommandIo, flags: ListFlags): Promise<void> {
  await withClient(io, flags, async (client) => {
    const all = await client.cluster.metadata.all();
    const topics = all
      .filter(({ isInternal }) => flags.internal || !isInternal)
      .map(({ name, topicId, isInternal, partitions }) => ({
        topic: name,
        topicId,
        isInternal,
        partitions: partitions.length,
        replicationFactor: partitions[0]?.replicas.length ?? 0,
      }))
      .sort((a, b) => (a.topic < b.topic ? -1 : 1));
    if (flags.json) {
      for (const topic of topics) await io.write(jsonLine(topic));
      return;
    }
    if (topics.length === 0) return io.error('There are no topics yet: "moldau topic create NAME" makes one.\n');
    const rows = topics.map(({ topic, partitions, replicationFactor }) => [topic, partitions, replicationFactor]);
    await io.write(table(["TOPIC", "PARTITIONS", "REPLICAS"], rows));
  });
}

export type DescribeFlags = ClientFlags;

export async function describe(io: CommandIo, names: readonly string[], flags: DescribeFlags): Promise<void> {
  await withClient(io, flags, async (client) => {
    const admin = client.admin();
    const topics = valuesOf(io, await admin.topics.describe(names).outcomes(), flags.bootstrap, (name) => name);
    for (const [at, topic] of topics.entries()) {
      const described = { ...topic, partitions: await withOffsets(admin, topic), configs: await ownConfigs(admin, topic.topic) };
      await io.write(flags.json ? jsonLine(described) : `${at > 0 ? "\n" : ""}${text(described)}`);
    }
  });
}

interface Described extends TopicDescription {
  readonly partitions: Awaited<ReturnType<typeof withOffsets>>;
  /** What differs from the default. */
  readonly configs: readonly ConfigEntry[];
}

/** Where a partition begins and ends is its leader's to say: undefined where that cannot be asked. */
async function withOffsets({ offsets }: Admin, { topic, partitions }: TopicDescription) {
  const ends = ["earliest", "latest"] as const;
  const asked = partitions.flatMap(({ partition }) => ends.map((at) => ({ topic, partition, at })));
  const found = await offsets.list(asked).outcomes();
  return partitions.map((partition, index) => ({
    ...partition,
    startOffset: offsetOf(found[index * 2]),
    endOffset: offsetOf(found[index * 2 + 1]),
  }));
}

const offsetOf = (outcome: Outcome<OffsetQuestion, OffsetFound> | undefined) => (outcome?.error ? undefined : outcome?.value.offset);

async function ownConfigs({ configs }: Admin, topic: string): Promise<readonly ConfigEntry[]> {
  const [described] = await configs.describe([{ type: "topic", name: topic }]);
  return described?.configs.filter(({ source }) => source === "topic") ?? [];
}

function text({ topic, topicId, partitions, configs }: Described): string {
  const rows = partitions.map(({ partition, leader, replicas, inSync, startOffset, endOffset }) => [
    partition,
    leader ?? "-",
    replicas.join(","),
    inSync.join(","),
    startOffset ?? "-",
    endOffset ?? "-",
    startOffset === undefined || endOffset === undefined ? "-" : endOffset - startOffset,
  ]);
  const set = configs.map(({ name, value }) => `  ${name}=${value ?? ""}\n`).join("");
  return [
    `${topic}: ${countText(partitions.length, "partition")}, ${countText(partitions[0]?.replicas.length ?? 0, "replica")}, id ${topicId}\n`,
    set,
    table(["PARTITION", "LEADER", "REPLICAS", "IN SYNC", "START", "END", "OFFSETS"], rows),
  ].join("");
}
