// DescribeLogDirs (35): how many bytes partitions take, and how much room is left (KIP-113, KIP-827).
import type { TopicImage } from "@moldau/metadata";
import { DescribeLogDirs, errors, type RequestOf } from "@moldau/protocol";
import { type Context, handler } from "../handler.js";

export const describeLogDirs = handler(DescribeLogDirs, async (request, { services }) => {
  const { storage } = services;
  const { freeBytes, totalBytes } = await storage.space();
  const topics = [];
  for (const { topic, indexes } of asked(request, services)) {
    const partitions = await Promise.all(indexes.map((index) => describe(topic, index, services)));
    topics.push({ name: topic.name, partitions: partitions.flatMap((partition) => partition ?? []) });
  }
  const directory = {
    errorCode: errors.NONE.code,
    logDir: storage.directory,
    topics,
    totalBytes: BigInt(totalBytes),
    usableBytes: BigInt(freeBytes),
  };
  return { throttleTimeMs: 0, errorCode: errors.NONE.code, results: [directory] };
});

/** Topics and partitions that are unknown are left out, as Kafka does. */
function asked({ topics }: RequestOf<typeof DescribeLogDirs>, { metadata: { image } }: Context["services"]) {
  if (topics === null) return [...image.topics()].map((topic) => ({ topic, indexes: topic.partitions.map(({ index }) => index) }));
  return topics.flatMap(({ topic: name, partitions }) => {
    const topic = image.topicByName(name);
    return topic ? [{ topic, indexes: partitions }] : [];
  });
}

async function describe(topic: TopicImage, index: number, { partitions }: Context["services"]) {
  const partition = await partitions.find(topic, index);
  return partition && { partitionIndex: index, partitionSize: partition.log.sizeBytes, offsetLag: 0, isFutureKey: false };
}
