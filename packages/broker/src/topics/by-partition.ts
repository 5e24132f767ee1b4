// Many requests ask the same of some partitions of some topics. This is the walk they share.
import type { ErrorName } from "@moldau/protocol";
import { failureReason } from "../failure.js";
import type { Partition } from "../partitions/partition.js";
import type { Services } from "../services.js";
import { findPartition } from "./lookup.js";

/** Asks `ask` of a partition that we lead, or `refuse` with the reason why there is none. */
export async function withPartition<Answer>(
  services: Services,
  topic: string,
  index: number,
  ask: (partition: Partition) => Answer | Promise<Answer>,
  refuse: (error: ErrorName) => Answer,
): Promise<Answer> {
  const partition = await findPartition(services, { name: topic }, index);
  if (typeof partition === "string") return refuse(partition);
  try {
    return await ask(partition);
  } catch (error) {
    const reason = failureReason(error);
    services.log.error({ topic, partition: index, reason }, "a partition failed");
    return refuse("KAFKA_STORAGE_ERROR");
  }
}

/** Answers in the order asked. Topics and partitions are worked on at the same time. */
export function eachPartition<Topic extends { readonly partitions: readonly unknown[] }, Answer>(
  topics: readonly Topic[],
  answer: (topic: Topic, asked: Topic["partitions"][number]) => Promise<Answer>,
): Promise<{ readonly topic: Topic; readonly partitions: Answer[] }[]> {
  return Promise.all(
    topics.map(async (topic) => ({ topic, partitions: await Promise.all(topic.partitions.map((asked) => answer(topic, asked))) })),
  );
}
