// What @platformatic/kafka can ask of a broker without a group.
import { check, compareRecords, equal, eventually, holds, readCases, runSuite, say, topicName } from "../../lib/checks.mjs";
import { admin, fetchRecords, kafka, newTopic, offsetsOf, send } from "./client.mjs";
import { groupChecks } from "./groups.mjs";

const cases = readCases();
const { ListOffsetTimestamps, ConfigResourceTypes, IncrementalAlterConfigOperationTypes: operations } = kafka;

// headers are a map of buffers, which are keys by identity: names may come twice
const toMessage = ({ key, value, headers, timestampMs }) => ({
  ...(key === null ? {} : { key }),
  ...(value === null ? {} : { value }),
  headers: new Map(headers.map(([name, bytes]) => [Buffer.from(name, "utf8"), bytes])),
  ...(timestampMs === undefined ? {} : { timestamp: BigInt(timestampMs) }),
});

async function compareTopic(topic, without) {
  const expected = cases.records.filter(({ name }) => !without.includes(name));
  const [records] = await fetchRecords(topic, expected.length);
  compareRecords(expected, records);
}

// A batch's timestamps are differences to its first, and this client writes one below -2^31 wrongly: such records go alone.
function batchesOf(records) {
  const batches = [];
  for (const record of records) {
    const last = batches.at(-1)?.at(-1);
    if (last && last.timestampMs === undefined && record.timestampMs === undefined) batches.at(-1).push(record);
    else batches.push([record]);
  }
  return batches;
}

async function writesAndReads(codec) {
  const topic = await newTopic(1, topicName(codec));
  for (const batch of batchesOf(cases.records)) await send(topic, batch.map(toMessage), { compression: codec });
  say(`wrote ${codec} ${topic}`);
  await compareTopic(topic, []);
}

async function manyPartitions() {
  const topic = await newTopic(cases.partitions);
  const partitions = Array.from({ length: cases.partitions }, (_, partition) => partition);
  const indexes = Array.from({ length: cases.recordsPerPartition }, (_, index) => index);
  const value = (partition, index) => Buffer.from(`${partition}:${index}`);
  await send(
    topic,
    indexes.flatMap((index) => partitions.map((partition) => ({ partition, value: value(partition, index) }))),
  );
  const found = await fetchRecords(topic, cases.recordsPerPartition, { partitions });
  for (const partition of partitions) {
    const values = found[partition].map((record) => record.value);
    equal(
      `partition ${partition}`,
      values,
      indexes.map((index) => value(partition, index)),
    );
  }
}

const numbered = (count) => Array.from({ length: count }, (_, index) => ({ value: Buffer.from(String(index)) }));

async function inOrder(request) {
  const topic = await newTopic();
  await send(topic, numbered(5_000), request);
  const [records] = await fetchRecords(topic, 5_000);
  equal(
    "values",
    records.map(({ value }) => value.toString()),
    numbered(5_000).map(({ value }) => value.toString()),
  );
}

async function failsWith(id, promise) {
  const failure = await promise.then(
    () => "it succeeded",
    (error) => error.findBy?.("apiId", id)?.apiId ?? error.message,
  );
  equal("error", failure, id);
}

async function limits() {
  const topic = await newTopic();
  await send(topic, [{ value: cases.largestValue }]);
  await failsWith("MESSAGE_TOO_LARGE", send(topic, [{ value: cases.tooLargeValue }]));
  const [[record]] = await fetchRecords(topic, 1);
  holds("the value is the one sent", record.value.equals(cases.largestValue));
}

async function reading() {
  const topic = await newTopic();
  await send(topic, numbered(30));
  const [[first]] = await fetchRecords(topic, 10, { offset: 20n });
  equal("value", first.value.toString(), "20");
  for (const isolationLevel of [0, 1]) equal("read", (await fetchRecords(topic, 30, { isolationLevel }))[0].length, 30);
  await failsWith("OFFSET_OUT_OF_RANGE", fetchRecords(topic, 1, { offset: 31n }));
  const unknown = await fetchRecords(topicName("unknown"), 1).catch((error) => error.message);
  equal("an unknown topic", unknown, `Unknown topic ${topicName("unknown")}.`);
}

async function topicsComeAndGo() {
  const topic = await newTopic(3);
  await failsWith("TOPIC_ALREADY_EXISTS", admin.createTopics({ topics: [topic], partitions: 3, replicas: 1 }));
  await failsWith("INVALID_TOPIC_EXCEPTION", admin.createTopics({ topics: ["../escape"], partitions: 1, replicas: 1 }));
  holds("it is listed", (await admin.listTopics()).includes(topic));
  await admin.createPartitions({ topics: [{ name: topic, count: 5, assignments: null }] });
  equal("wider", (await eventually(() => offsetsOf(topic, 5))).length, 5);
  await admin.deleteTopics({ topics: [topic] });
}

async function offsets() {
  const topic = await newTopic();
  await send(
    topic,
    numbered(20).map((message, index) => ({ ...message, timestamp: BigInt((index + 1) * 1_000) })),
  );
  for (const [timestamp, expected] of [
    [ListOffsetTimestamps.EARLIEST, 0n],
    [ListOffsetTimestamps.LATEST, 20n],
    [ListOffsetTimestamps.MAX, 19n],
    [4_500n, 4n],
    [20_001n, -1n],
  ]) {
    equal(`offset for ${timestamp}`, await offsetsOf(topic, 1, timestamp), [expected]);
  }
  const [deleted] = await admin.deleteRecords({ topics: [{ name: topic, partitions: [{ partition: 0, offset: 7n }] }] });
  equal("low watermark", deleted.partitions[0].lowWatermark, 7n);
}

async function configs() {
  const topic = await newTopic(1, undefined, [{ name: "max.message.bytes", value: "5000" }]);
  const resource = { resourceType: ConfigResourceTypes.TOPIC, resourceName: topic };
  const describe = async (name) => {
    const [description] = await admin.describeConfigs({ resources: [{ ...resource, configurationKeys: [name] }] });
    return description.configs.map((config) => config.value);
  };
  equal("as created", await describe("max.message.bytes"), ["5000"]);
  const change = { name: "cleanup.policy", configOperation: operations.APPEND, value: "compact" };
  await admin.incrementalAlterConfigs({ resources: [{ ...resource, configs: [change] }] });
  await eventually(async () => equal("appended to", await describe("cleanup.policy"), ["delete,compact"]));
  const bad = { name: "retention.ms", configOperation: operations.SET, value: "soon" };
  await failsWith("INVALID_CONFIG", admin.incrementalAlterConfigs({ resources: [{ ...resource, configs: [bad] }] }));
}

await runSuite({
  check: async () => {
    for (const codec of cases.codecs) await check(`writes and reads ${codec}`, () => writesAndReads(codec));
    await check("spreads records over 100 partitions, each in order", manyPartitions);
    for (const acks of [0, 1, -1]) await check(`produces with acks=${acks}, in order`, () => inOrder({ acks }));
    await check("produces idempotently, in order", () => inOrder({ idempotent: true }));
    await check("stores a record of 1 MB, and is refused more", limits);
    await check("reads from an offset, and is told what is out of range or unknown", reading);
    await check("creates, widens and deletes topics", topicsComeAndGo);
    await check("finds offsets, by time as well, and deletes records", offsets);
    await check("describes and alters configs", configs);
  },
  read: async (topics) => {
    for (const { from, codec, topic, without } of topics) {
      await check(`reads ${codec} written by ${from}`, () => compareTopic(topic, without));
    }
  },
  groups: groupChecks,
});
