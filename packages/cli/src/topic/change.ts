// Topics created, grown, trimmed and deleted.
import type { Outcome } from "@moldau/client";
import { type ClientFlags, nameAndValue, topicAndPartitions, wholeNumber } from "../client/flags.js";
import { valuesOf } from "../client/outcomes.js";
import { withClient } from "../client/with-client.js";
import type { CommandIo } from "../io.js";
import { countText } from "../text.js";

export interface CreateFlags extends ClientFlags {
  readonly partitions?: string;
  readonly replicationFactor?: string;
  readonly config?: readonly string[];
  readonly ifNotExists?: true;
  readonly validateOnly?: true;
}

export async function create(io: CommandIo, names: readonly string[], flags: CreateFlags): Promise<void> {
  const options = {
    ...(flags.partitions !== undefined && { partitions: wholeNumber(flags.partitions, "--partitions", 1) }),
    ...(flags.replicationFactor !== undefined && { replicationFactor: wholeNumber(flags.replicationFactor, "--replication-factor", 1) }),
    configs: Object.fromEntries((flags.config ?? []).map((text) => nameAndValue(text, "--config"))),
  };
  const validateOnly = flags.validateOnly ?? false;
  await withClient(io, flags, async (client) => {
    const asked = names.map((topic) => ({ topic, ...options }));
    const outcomes = await client.admin().topics.create(asked, { validateOnly }).outcomes();
    const shown = flags.ifNotExists ? without(outcomes, "TOPIC_ALREADY_EXISTS") : outcomes;
    for (const { topic, partitions } of valuesOf(io, shown, flags.bootstrap, (item) => item.topic)) {
      await io.write(`${topic} ${validateOnly ? "could be" : "was"} created with ${countText(partitions, "partition")}\n`);
    }
  });
}

export interface AlterFlags extends ClientFlags {
  readonly partitions: string;
  readonly validateOnly?: true;
}

export async function alter(io: CommandIo, names: readonly string[], flags: AlterFlags): Promise<void> {
  const partitions = wholeNumber(flags.partitions, "--partitions", 1);
  const validateOnly = flags.validateOnly ?? false;
  await withClient(io, flags, async (client) => {
    const asked = names.map((topic) => ({ topic, partitions }));
    const outcomes = await client.admin().topics.createPartitions(asked, { validateOnly }).outcomes();
    valuesOf(io, outcomes, flags.bootstrap, (item) => item.topic);
    for (const { item, error } of outcomes) {
      if (!error) await io.write(`${item.topic} ${validateOnly ? "could have" : "has"} ${countText(partitions, "partition")}\n`);
    }
  });
}

export interface DeleteFlags extends ClientFlags {
  readonly ifExists?: true;
}

export async function remove(io: CommandIo, names: readonly string[], flags: DeleteFlags): Promise<void> {
  await withClient(io, flags, async (client) => {
    const outcomes = await client.admin().topics.delete(names).outcomes();
    const shown = flags.ifExists ? without(outcomes, "UNKNOWN_TOPIC_OR_PARTITION") : outcomes;
    valuesOf(io, shown, flags.bootstrap, (name) => name);
    for (const { item, error } of shown) if (!error) await io.write(`${item} was deleted\n`);
  });
}

export interface TrimFlags extends ClientFlags {
  readonly before: string;
}

export async function trim(io: CommandIo, name: string, flags: TrimFlags): Promise<void> {
  const { topic, partitions } = topicAndPartitions(name, "the topic");
  const before = flags.before === "end" ? "latest" : wholeNumber(flags.before, "--before");
  await withClient(io, flags, async (client) => {
    const admin = client.admin();
    const [described] = partitions ? [] : await admin.topics.describe([topic]);
    const all = partitions ?? described?.partitions.map(({ partition }) => partition) ?? [];
    const points = all.map((partition) => ({ topic, partition, before }) as const);
    const outcomes = await admin.offsets.deleteRecords(points).outcomes();
    for (const { partition, lowWatermark } of valuesOf(io, outcomes, flags.bootstrap, (item) => `${topic}-${item.partition}`)) {
      await io.write(`${topic}-${partition} begins at offset ${lowWatermark}\n`);
    }
  });
}

const without = <Item, Value>(outcomes: readonly Outcome<Item, Value>[], code: string): readonly Outcome<Item, Value>[] =>
  outcomes.filter(({ error }) => error?.code !== code);
