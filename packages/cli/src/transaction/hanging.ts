// Transactions that hang: open in a partition, though their coordinator knows nothing of them (KIP-664).
import type { Admin, PartitionProducers, ProducerDescription, TopicPartition } from "@moldau/client";
import { systemClock } from "@moldau/env";
import { type ClientFlags, topicAndPartitions } from "../client/flags.js";
import { withClient } from "../client/with-client.js";
import { partitionsOf } from "../group/delete.js";
import type { CommandIo } from "../io.js";
import { jsonLine, table, timeText } from "../text.js";
import { openFor } from "./look.js";

export interface HangingFlags extends ClientFlags {
  readonly openFor: string;
  readonly topic?: readonly string[];
}

type Open = TopicPartition & ProducerDescription & { readonly transactionStartOffset: number };

export async function hanging(io: CommandIo, flags: HangingFlags): Promise<void> {
  const olderThanMs = systemClock.now() - openFor(flags.openFor);
  const named = flags.topic?.map((text) => topicAndPartitions(text, "--topic"));
  await withClient(io, flags, async (client) => {
    const admin = client.admin();
    const topics = named ?? (await admin.topics.list({ includeInternal: true })).map(({ topic }) => ({ topic, partitions: undefined }));
    const producers = await admin.transactions.producers(await partitionsOf(admin, topics));
    const old = producers.flatMap(openIn).filter(({ lastTimestampMs }) => (lastTimestampMs ?? 0) < olderThanMs);
    const found = await unknownToCoordinators(admin, old);
    if (flags.json) {
      for (const transaction of found) await io.write(jsonLine(transaction));
      return;
    }
    if (found.length === 0) return io.error("No transaction hangs.\n");
    const rows = found.map(({ topic, partition, transactionStartOffset, producerId, producerEpoch, lastTimestampMs }) => [
      topic,
      partition,
      transactionStartOffset,
      producerId,
      producerEpoch,
      lastTimestampMs === undefined ? "-" : timeText(lastTimestampMs),
    ]);
    await io.write(table(["TOPIC", "PARTITION", "START OFFSET", "PRODUCER ID", "EPOCH", "LAST WRITTEN"], rows));
  });
}

const openIn = ({ topic, partition, producers }: PartitionProducers): readonly Open[] =>
  producers.flatMap(({ transactionStartOffset, ...producer }) =>
    transactionStartOffset === undefined ? [] : [{ topic, partition, ...producer, transactionStartOffset }],
  );

/** A transaction that goes on has its coordinator, which knows the partition. */
async function unknownToCoordinators({ transactions }: Admin, open: readonly Open[]): Promise<readonly Open[]> {
  if (open.length === 0) return [];
  const producerIds = [...new Set(open.map(({ producerId }) => producerId))];
  const listed = await transactions.list({ producerIds });
  const outcomes = await transactions.describe(listed.map(({ transactionalId }) => transactionalId)).outcomes();
  const known = new Set(
    outcomes.flatMap((outcome) =>
      outcome.error ? [] : outcome.value.partitions.map(({ topic, partition }) => `${outcome.value.producerId} ${topic} ${partition}`),
    ),
  );
  return open.filter(({ producerId, topic, partition }) => !known.has(`${producerId} ${topic} ${partition}`));
}
