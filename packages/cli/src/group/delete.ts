// Groups deleted, whole or in part.
import type { Admin, TopicPartition } from "@moldau/client";
import { type ClientFlags, type TopicAndPartitions, topicAndPartitions } from "../client/flags.js";
import { valuesOf } from "../client/outcomes.js";
import { withClient } from "../client/with-client.js";
import type { CommandIo } from "../io.js";

export type DeleteFlags = ClientFlags;

export async function remove(io: CommandIo, names: readonly string[], flags: DeleteFlags): Promise<void> {
  await withClient(io, flags, async (client) => {
    const outcomes = await client.admin().groups.delete(names).outcomes();
    valuesOf(io, outcomes, flags.bootstrap, (name) => name);
    for (const { item, error } of outcomes) if (!error) await io.write(`${item} was deleted\n`);
  });
}

export interface DeleteOffsetsFlags extends ClientFlags {
  readonly topic: readonly string[];
}

export async function deleteOffsets(io: CommandIo, groupId: string, flags: DeleteOffsetsFlags): Promise<void> {
  const named = flags.topic.map((text) => topicAndPartitions(text, "--topic"));
  await withClient(io, flags, async (client) => {
    const admin = client.admin();
    const outcomes = await admin.groups.deleteOffsets(groupId, await partitionsOf(admin, named)).outcomes();
    valuesOf(io, outcomes, flags.bootstrap, nameOf);
    for (const { item, error } of outcomes) if (!error) await io.write(`${groupId} has no offset of ${nameOf(item)} any more\n`);
  });
}

const nameOf = ({ topic, partition }: TopicPartition): string => `${topic}-${partition}`;

/** All partitions of topics of which none are named. Rejects with ClientError. */
export async function partitionsOf({ topics }: Admin, named: readonly TopicAndPartitions[]): Promise<readonly TopicPartition[]> {
  const whole = named.flatMap(({ topic, partitions }) => (partitions ? [] : [topic]));
  const described = new Map((await topics.describe(whole)).map((one) => [one.topic, one.partitions.map(({ partition }) => partition)]));
  return named.flatMap(({ topic, partitions }) => (partitions ?? described.get(topic) ?? []).map((partition) => ({ topic, partition })));
}
