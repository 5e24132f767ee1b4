// What kcat can ask of a broker: records in every codec, offsets, times, limits, metadata.
import { setTimeout as sleep } from "node:timers/promises";
import { check, compareRecords, equal, holds, readCases, runSuite, say, topicName } from "../../lib/checks.mjs";
import { groupChecks } from "./groups.mjs";
import { consume, kcat, printedHeaders, produce, succeed } from "./kcat.mjs";
import { suite } from "./suite.mjs";

const cases = readCases();
const record = (value) => ({ key: null, value: Buffer.from(value), headers: [] });
const numbered = (count) => Array.from({ length: count }, (_, index) => record(String(index)));
const values = (records) => records.map(({ value }) => value.toString());

async function compareCases(topic, without) {
  const expected = cases.records.filter(({ name }) => !without.includes(name));
  const records = await consume(topic);
  for (const [index, { name, headers }] of expected.entries()) {
    equal(`${name}: headers as printed`, records[index]?.headers, printedHeaders(headers));
  }
  compareRecords(
    expected,
    records.map((one, index) => ({ ...one, headers: expected[index]?.headers ?? [] })),
  );
}

async function writesAndReads(codec) {
  const topic = topicName(codec);
  const writable = cases.records.filter(({ name }) => !suite.cannotWrite.includes(name));
  await produce(topic, writable, codec === "none" ? [] : ["-z", codec]);
  say(`wrote ${codec} ${topic}`);
  await compareCases(topic, suite.cannotWrite);
}

async function offsets() {
  const topic = topicName("offsets");
  await produce(topic, numbered(10));
  equal("from offset 7", values(await consume(topic, ["-o", "7"])), ["7", "8", "9"]);
  equal("the last two", values(await consume(topic, ["-o", "-2"])), ["8", "9"]);
  equal("three from 4", values(await consume(topic, ["-o", "4", "-c", "3"])), ["4", "5", "6"]);
  equal("from the end", await consume(topic, ["-o", "end"]), []);
  for (const [name, time, expected] of [
    ["end", -1, 10],
    ["beginning", -2, 0],
  ]) {
    const { output } = await succeed(["-Q", "-t", `${topic}:0:${time}`]);
    equal(`the ${name} offset`, output.toString().trim(), `${topic} [0] offset ${expected}`);
  }
}

async function times() {
  const topic = topicName("times");
  await produce(topic, [record("before")]);
  await sleep(1_100);
  const betweenMs = Date.now() - 500;
  await produce(topic, [record("after")]);
  equal("from a time", values(await consume(topic, ["-o", `s@${betweenMs}`])), ["after"]);
  equal("until a time", values(await consume(topic, ["-o", "s@0", "-o", `e@${betweenMs}`])), ["before"]);
  const { output } = await succeed(["-Q", "-t", `${topic}:0:${betweenMs}`]);
  holds(`offset 1 in ${output}`, output.includes("offset 1"));
}

async function limits() {
  const topic = topicName("limits");
  const sender = ["-X", "message.max.bytes=4000000"];
  const one = (value) => kcat(["-P", "-t", topic, "-p", "0", "-D", "<record/>", ...sender], value);
  equal("1 MB", (await one(cases.largestValue)).code, 0);
  const refused = await one(cases.tooLargeValue);
  holds(`"Message size too large" in ${refused.errors}`, refused.errors.includes("Message size too large"));
  const [stored, ...rest] = await consume(topic);
  holds("the value is the one sent", stored.value.equals(cases.largestValue));
  equal("records after it", rest, []);
}

async function producers(settings) {
  const topic = topicName(settings.replaceAll(/[^a-z0-9]/g, "-"));
  await produce(topic, numbered(2_000), ["-X", settings]);
  let records = [];
  // with acks=0 nothing says when the records have arrived
  for (let attempt = 0; attempt < 40 && records.length < 2_000; attempt++) records = await consume(topic);
  equal("values", values(records), values(numbered(2_000)));
}

async function metadata() {
  const topic = topicName("metadata");
  await produce(topic, [record("x")]);
  const { output } = await succeed(["-L", "-J"]);
  const { brokers, topics, controllerid } = JSON.parse(output);
  const found = topics.find(({ topic: name }) => name === topic);
  equal("partitions", found.partitions.length, 1);
  const ids = brokers.map(({ id }) => id);
  holds("the leader is a broker", ids.includes(found.partitions[0].leader));
  holds("the controller is a broker", ids.includes(controllerid));
}

async function unknownTopic() {
  const { code, errors } = await kcat(["-C", "-e", "-t", topicName("unknown"), "-p", "0", "-X", "allow.auto.create.topics=false"]);
  holds(`it fails with "Unknown topic or partition": ${errors}`, code !== 0 && /unknown (topic or )?partition/i.test(errors));
}

await runSuite({
  check: async () => {
    for (const codec of cases.codecs) await check(`writes and reads ${codec}`, () => writesAndReads(codec));
    await check("reads from offsets", offsets);
    await check("reads from and until times", times);
    await check("stores 1 MB, and is refused more", limits);
    for (const settings of ["acks=0", "acks=1", "acks=all", "enable.idempotence=true"]) {
      await check(`produces with ${settings}`, () => producers(settings));
    }
    await check("lists metadata", metadata);
    await check("is told that a topic does not exist", unknownTopic);
  },
  read: async (topics) => {
    for (const { from, codec, topic, without } of topics) {
      await check(`reads ${codec} written by ${from}`, () => compareCases(topic, without));
    }
  },
  groups: groupChecks,
});
