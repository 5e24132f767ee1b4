// Deletes records up to some offset, now and then.
import { DeleteRecords } from "@moldau/protocol";
import type { SeededRandom } from "../time/seeded-random.js";
import { LATEST, offsetOf } from "./reader.js";
import type { Reconnecting } from "./reconnecting.js";
import type { SimTopic } from "./topic.js";

export interface TrimmerOptions {
  readonly client: Reconnecting;
  readonly random: SeededRandom;
  readonly topic: SimTopic;
  readonly maxPauseMs: number;
  readonly over: () => boolean;
}

export async function keepTrimming({ client, random, topic, maxPauseMs, over }: TrimmerOptions): Promise<void> {
  for (;;) {
    await client.time.pause(random.int(1, maxPauseMs));
    if (over()) return;
    const partition = random.int(0, topic.books.length - 1);
    const book = topic.books[partition];
    const offset = random.int(0, (await offsetOf(client, topic, partition, LATEST)).offset);
    book?.askTrim(offset);
    const { topics } = await client.insist(DeleteRecords, 1, {
      topics: [{ name: topic.name, partitions: [{ partitionIndex: partition, offset }] }],
      timeoutMs: 1_000,
    });
    const answer = topics[0]?.partitions[0];
    if (answer?.errorCode === 0) book?.trimmed(answer.lowWatermark);
  }
}
