// @platformatic/kafka: a producer, an admin, and a consumer that fetches without joining a group.
import { broker, eventually, topicName } from "../../lib/checks.mjs";
import { requireClient } from "../../lib/node-clients.mjs";

export const kafka = requireClient("@platformatic/kafka");

const READ_MS = 20_000;
const FETCH_BYTES = 4_000_000;
const options = { clientId: "conformance", bootstrapBrokers: [broker], retries: 5, retryDelay: 50, timeout: 20_000 };

export const admin = new kafka.Admin(options);
let topics = 0;

/** The end offset, or whatever `timestamp` asks for, of partitions 0 to n - 1. */
export async function offsetsOf(topic, partitions = 1, timestamp = kafka.ListOffsetTimestamps.LATEST) {
  const wanted = Array.from({ length: partitions }, (_, partitionIndex) => ({ partitionIndex, timestamp }));
  const [found] = await admin.listOffsets({ topics: [{ name: topic, partitions: wanted }] });
  return found.partitions.toSorted((a, b) => a.partitionIndex - b.partitionIndex).map(({ offset }) => offset);
}

/** A new topic, or the one named, whose partitions answer. */
export async function newTopic(partitions = 1, topic = topicName(`t${topics++}`), configs = []) {
  // old explicit timestamps must not fall to retention while they are being read
  const all = [{ name: "retention.ms", value: "-1" }, ...configs];
  await admin.createTopics({ topics: [topic], partitions, replicas: 1, configs: all });
  await eventually(() => offsetsOf(topic, partitions));
  return topic;
}

/** Produces with a producer of its own. */
export async function send(topic, messages, request = {}) {
  const producer = new kafka.Producer({ ...options, autocreateTopics: false });
  try {
    return await producer.send({ messages: messages.map((message) => ({ topic, partition: 0, ...message })), acks: -1, ...request });
  } finally {
    await producer.close();
  }
}

const decoded = ({ firstOffset, firstTimestamp, records }) =>
  records.map(({ offsetDelta, timestampDelta, key, value, headers }) => ({
    offset: firstOffset + BigInt(offsetDelta),
    timestampMs: firstTimestamp + timestampDelta,
    key: key ?? null,
    value: value ?? null,
    headers: headers.map(([name, bytes]) => [name.toString("utf8"), bytes ?? null]),
  }));

/** Reads `count` records of each partition from an offset on. Resolves with one list per partition. */
export async function fetchRecords(topic, count, { partitions = [0], offset = 0n, isolationLevel = 0 } = {}) {
  const consumer = new kafka.Consumer({ ...options, groupId: "unused", autocommit: false });
  const found = new Map(partitions.map((partition) => [partition, []]));
  const next = new Map(partitions.map((partition) => [partition, offset]));
  const deadline = Date.now() + READ_MS;
  try {
    const metadata = await consumer.metadata({ topics: [topic] });
    const { id: topicId, partitions: described } = metadata.topics.get(topic);
    const request = (partition) => ({
      partition,
      currentLeaderEpoch: -1,
      fetchOffset: next.get(partition),
      lastFetchedEpoch: -1,
      partitionMaxBytes: FETCH_BYTES,
    });
    while ([...found.values()].some((records) => records.length < count)) {
      if (Date.now() > deadline) throw new Error(`read ${[...found.values()].flat().length} records, and no more came`);
      const wanted = [{ topicId, partitions: partitions.map(request) }];
      const limits = { minBytes: 1, maxBytes: FETCH_BYTES, maxWaitTime: 500, isolationLevel };
      const { responses } = await consumer.fetch({ node: described[0].leader, topics: wanted, ...limits });
      for (const { partitionIndex, records } of responses.flatMap((response) => response.partitions)) {
        // a fetch inside a batch brings the whole batch
        const fresh = (records ?? []).flatMap(decoded).filter((record) => record.offset >= next.get(partitionIndex));
        found.get(partitionIndex).push(...fresh);
        if (fresh.length > 0) next.set(partitionIndex, fresh.at(-1).offset + 1n);
      }
    }
    return partitions.map((partition) => found.get(partition));
  } finally {
    await consumer.close(true);
  }
}
