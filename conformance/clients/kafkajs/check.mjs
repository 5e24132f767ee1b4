// What kafkajs can ask of a broker without a group.
import { check, compareRecords, equal, holds, readCases, runSuite, say, topicName } from "../../lib/checks.mjs";
import { administrationChecks } from "./administration.mjs";
import { admin, codecTypes, fetchMessages, newTopic, send } from "./client.mjs";
import { groupChecks } from "./groups.mjs";
import { suite } from "./suite.mjs";

const cases = readCases();

// kafkajs keeps headers in an object: a name that comes more than once has a list of values
function toMessage({ key, value, headers, timestampMs }) {
  const byName = {};
  for (const [name, bytes] of headers) byName[name] = name in byName ? [byName[name], bytes].flat() : bytes;
  return { key, value, headers: byName, ...(timestampMs === undefined ? {} : { timestamp: String(timestampMs) }) };
}

function fromMessage({ offset, key, value, headers, timestamp }) {
  const pairs = Object.entries(headers).flatMap(([name, values]) => [values].flat().map((bytes) => [name, bytes]));
  return { offset, key, value, headers: pairs, timestampMs: timestamp };
}

async function compareTopic(topic, without) {
  const expected = cases.records.filter(({ name }) => !without.includes(name));
  const [messages] = await fetchMessages(topic, expected.length);
  compareRecords(expected, messages.map(fromMessage));
}

async function writesAndReads(codec) {
  const topic = await newTopic(1, topicName(codec));
  const writable = cases.records.filter(({ name }) => !suite.cannotWrite.includes(name));
  await send(topic, writable.map(toMessage), { compression: codecTypes[codec] });
  say(`wrote ${codec} ${topic}`);
  await compareTopic(topic, suite.cannotWrite);
}

async function manyPartitions() {
  const topic = await newTopic(cases.partitions);
  const partitions = Array.from({ length: cases.partitions }, (_, partition) => partition);
  const value = (partition, index) => `${partition}:${index}`;
  const indexes = Array.from({ length: cases.recordsPerPartition }, (_, index) => index);
  await send(
    topic,
    indexes.flatMap((index) => partitions.map((partition) => ({ partition, value: value(partition, index) }))),
  );
  const found = await fetchMessages(topic, cases.recordsPerPartition, { partitions });
  for (const partition of partitions) {
    const values = found[partition].map((message) => message.value.toString());
    equal(
      `partition ${partition}`,
      values,
      indexes.map((index) => value(partition, index)),
    );
  }
}

async function inOrder(request) {
  const topic = await newTopic();
  const values = Array.from({ length: 5_000 }, (_, index) => String(index));
  await send(
    topic,
    values.map((value) => ({ value })),
    request,
  );
  const [messages] = await fetchMessages(topic, values.length);
  equal(
    "values",
    messages.map(({ value }) => value.toString()),
    values,
  );
}

async function failsWith(type, promise) {
  const failure = await promise.then(
    () => "it succeeded",
    (error) => error.type ?? error.cause?.type ?? error.message,
  );
  equal("error", failure, type);
}

async function limits() {
  const topic = await newTopic();
  await send(topic, [{ value: cases.largestValue }]);
  await failsWith("MESSAGE_TOO_LARGE", send(topic, [{ value: cases.tooLargeValue }]));
  const [[message]] = await fetchMessages(topic, 1);
  holds("the value is the one sent", message.value.equals(cases.largestValue));
}

async function reading() {
  const topic = await newTopic();
  await send(
    topic,
    Array.from({ length: 30 }, (_, index) => ({ value: String(index) })),
  );
  const [[first]] = await fetchMessages(topic, 10, { offset: 20 });
  equal("value", first.value.toString(), "20");
  for (const isolationLevel of [0, 1]) equal("read", (await fetchMessages(topic, 30, { isolationLevel }))[0].length, 30);
  await failsWith("OFFSET_OUT_OF_RANGE", fetchMessages(topic, 1, { offset: 31 }));
  await failsWith("UNKNOWN_TOPIC_OR_PARTITION", fetchMessages(topicName("unknown"), 1));
}

await admin.connect();
await runSuite({
  check: async () => {
    for (const codec of cases.codecs) await check(`writes and reads ${codec}`, () => writesAndReads(codec));
    await check("spreads records over 100 partitions, each in order", manyPartitions);
    for (const acks of [0, 1, -1]) await check(`produces with acks=${acks}, in order`, () => inOrder({ acks }));
    await check("produces idempotently, in order", () => inOrder({ producer: { idempotent: true } }));
    await check("stores a record of 1 MB, and is refused more", limits);
    await check("reads from an offset, and is told what is out of range or unknown", reading);
    await administrationChecks(failsWith);
  },
  read: async (topics) => {
    for (const { from, codec, topic, without } of topics) {
      await check(`reads ${codec} written by ${from}`, () => compareTopic(topic, without));
    }
  },
  groups: groupChecks,
});
