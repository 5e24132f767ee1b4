// kafkajs with every codec, and its fetch without its consumer: the consumer can only join groups.
import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { broker, eventually, topicName } from "../../lib/checks.mjs";
import { requireClient } from "../../lib/node-clients.mjs";

const { CompressionCodecs, CompressionTypes, Kafka, logLevel } = requireClient("kafkajs");
const lz4 = requireClient("lz4-napi");

CompressionCodecs[CompressionTypes.Snappy] = requireClient("kafkajs-snappy");
CompressionCodecs[CompressionTypes.LZ4] = () => ({
  compress: async ({ buffer }) => lz4.compressFrameSync(buffer),
  decompress: async (bytes) => lz4.decompressFrameSync(bytes),
});
CompressionCodecs[CompressionTypes.ZSTD] = () => ({
  compress: async ({ buffer }) => zstdCompressSync(buffer, { params: { [constants.ZSTD_c_checksumFlag]: 1 } }),
  decompress: async (bytes) => zstdDecompressSync(bytes),
});

export const codecTypes = {
  none: CompressionTypes.None,
  gzip: CompressionTypes.GZIP,
  snappy: CompressionTypes.Snappy,
  lz4: CompressionTypes.LZ4,
  zstd: CompressionTypes.ZSTD,
};

const READ_MS = 20_000;
const FETCH_BYTES = 4_000_000;

export const kafka = new Kafka({ brokers: [broker], clientId: "conformance", logLevel: logLevel.NOTHING, retry: { retries: 8 } });
export const admin = kafka.admin();

let topics = 0;

/** A new topic, or the one named, whose partitions answer. */
export async function newTopic(numPartitions = 1, topic = topicName(`t${topics++}`)) {
  // old explicit timestamps must not fall to retention while they are being read
  const configEntries = [{ name: "retention.ms", value: "-1" }];
  await admin.createTopics({ topics: [{ topic, numPartitions, replicationFactor: 1, configEntries }], waitForLeaders: false });
  await eventually(() => admin.fetchTopicOffsets(topic));
  return topic;
}

/** Produces with a producer of its own; messages are kafkajs's, with a partition. */
export async function send(topic, messages, { producer: options = {}, ...request } = {}) {
  const producer = kafka.producer({ allowAutoTopicCreation: false, ...options });
  await producer.connect();
  try {
    return await producer.send({ topic, messages: messages.map((message) => ({ partition: 0, ...message })), ...request });
  } finally {
    await producer.disconnect();
  }
}

function connectCluster() {
  const symbol = Object.getOwnPropertySymbols(kafka).find(({ description }) => description.endsWith("createCluster"));
  return kafka[symbol]({ metadataMaxAge: 300_000, allowAutoTopicCreation: false, maxInFlightRequests: null });
}

/** Reads `count` messages of each partition from an offset on, as kafkajs decodes them. Resolves with one list per partition. */
export async function fetchMessages(topic, count, { partitions = [0], offset = 0, isolationLevel = 1 } = {}) {
  const cluster = connectCluster();
  await cluster.connect();
  const found = new Map(partitions.map((partition) => [partition, []]));
  const next = new Map(partitions.map((partition) => [partition, offset]));
  const deadline = Date.now() + READ_MS;
  try {
    await cluster.addTargetTopic(topic);
    const [{ leader }] = cluster.findTopicPartitionMetadata(topic);
    const leading = await cluster.findBroker({ nodeId: leader });
    while ([...found.values()].some((messages) => messages.length < count)) {
      if (Date.now() > deadline) throw new Error(`read ${[...found.values()].flat().length} messages, and no more came`);
      const wanted = partitions.map((partition) => ({ partition, fetchOffset: next.get(partition), maxBytes: FETCH_BYTES }));
      const request = { maxWaitTime: 500, minBytes: 1, maxBytes: FETCH_BYTES, isolationLevel, topics: [{ topic, partitions: wanted }] };
      const { responses } = await leading.fetch(request);
      for (const { partition, messages } of responses.flatMap((response) => response.partitions)) {
        // a fetch inside a batch brings the whole batch
        const fresh = messages.filter((message) => Number(message.offset) >= next.get(partition));
        found.get(partition).push(...fresh);
        if (fresh.length > 0) next.set(partition, Number(fresh.at(-1).offset) + 1);
      }
    }
    return partitions.map((partition) => found.get(partition));
  } finally {
    await cluster.disconnect();
  }
}
