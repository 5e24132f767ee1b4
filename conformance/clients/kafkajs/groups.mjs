// kafkajs in groups: its consumer, what it commits, its admin client on groups.
import { check, equal, eventually, holds } from "../../lib/checks.mjs";
import { admin, kafka, newTopic, send } from "./client.mjs";

const SETTLE_MS = 30_000;
const PARTITIONS = 4;

const fill = (topic, each, partitions = PARTITIONS) =>
  send(
    topic,
    Array.from({ length: each * partitions }, (_, index) => ({ partition: index % partitions, value: String(index) })),
  );

const until = (what, condition) => eventually(async () => holds(what, await condition()), SETTLE_MS);

/** A consumer of a topic that runs: { assigned(), read, consumer, leave() }. */
async function join(groupId, topic, { run = {}, ...options } = {}) {
  const settings = { sessionTimeout: 6_000, heartbeatInterval: 100, rebalanceTimeout: 10_000, maxWaitTimeInMs: 100 };
  const consumer = kafka.consumer({ groupId, ...settings, ...options });
  const read = [];
  let assigned = [];
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    assigned = payload.memberAssignment[topic] ?? [];
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  const eachMessage = async ({ partition, message }) => {
    read.push(`${partition}:${message.offset}`);
  };
  await consumer.run("eachBatch" in run ? run : { eachMessage, ...run });
  return { consumer, read, assigned: () => assigned, leave: () => consumer.disconnect() };
}

async function share(members) {
  const all = Array.from({ length: PARTITIONS }, (_, index) => index);
  await until("the members have their shares", () => {
    const shares = members.map((member) => member.assigned());
    const even = shares.every((own) => own.length === PARTITIONS / members.length);
    return even && JSON.stringify(shares.flat().toSorted()) === JSON.stringify(all);
  });
}

async function membersShare() {
  const topic = await newTopic(PARTITIONS);
  const first = await join(topic, topic);
  await share([first]);
  const second = await join(topic, topic);
  await share([first, second]);
  await fill(topic, 5);
  const read = () => [...first.read, ...second.read];
  await until("all is read", () => read().length >= 20);
  equal("each once", new Set(read()).size, read().length);
  await second.leave();
  await share([first]);
  await fill(topic, 1);
  await until("all of it by the one that is left", () => read().length >= 24);
  equal("each once", new Set(read()).size, read().length);
  await first.leave();
}

const committedOf = async (groupId, topic) => {
  const [found] = await admin.fetchOffsets({ groupId, topics: [topic] });
  return found.partitions.toSorted((a, b) => a.partition - b.partition).map(({ offset, metadata }) => [offset, metadata]);
};

async function batches() {
  const topic = await newTopic(1);
  await fill(topic, 10, 1);
  const read = [];
  const eachBatch = async ({ batch, resolveOffset, heartbeat, commitOffsetsIfNecessary }) => {
    for (const { offset } of batch.messages) {
      if (Number(offset) >= 6) break;
      read.push(offset);
      resolveOffset(offset);
    }
    await heartbeat();
    await commitOffsetsIfNecessary();
  };
  const first = await join(topic, topic, { run: { eachBatch, eachBatchAutoResolve: false } });
  await until("six are read and committed", async () => read.length >= 6 && (await committedOf(topic, topic))[0][0] === "6");
  await first.leave();
  const second = await join(topic, topic);
  await until("the rest", () => second.read.length >= 4);
  equal("goes on at 6", second.read[0], "0:6");
  await second.leave();
}

async function commits() {
  const topic = await newTopic(1);
  await fill(topic, 10, 1);
  const first = await join(topic, topic, { run: { autoCommit: false } });
  await until("all is read", () => first.read.length === 10);
  await first.consumer.commitOffsets([{ topic, partition: 0, offset: "4", metadata: "where we are" }]);
  equal("committed", await committedOf(topic, topic), [["4", "where we are"]]);
  first.consumer.seek({ topic, partition: 0, offset: "8" });
  await until("two once more", () => first.read.length === 12);
  await first.leave();
  const second = await join(topic, topic, { run: { autoCommit: false } });
  await until("the rest", () => second.read.length >= 6);
  equal("goes on at 4", second.read[0], "0:4");
  await second.leave();
}

async function describes() {
  const topic = await newTopic(PARTITIONS);
  const member = await join(topic, topic);
  await share([member]);
  const { groups } = await admin.listGroups();
  equal(
    "listed",
    groups.find(({ groupId }) => groupId === topic),
    { groupId: topic, protocolType: "consumer" },
  );
  await until("it is stable", async () => (await admin.describeGroups([topic])).groups[0].state === "Stable");
  const { groups: described } = await admin.describeGroups([topic]);
  const [{ protocol, protocolType, members }] = described;
  equal(
    "described",
    { protocol, protocolType, count: members.length },
    { protocol: "RoundRobinAssigner", protocolType: "consumer", count: 1 },
  );
  await member.leave();
  equal("empty", (await admin.describeGroups([topic])).groups[0].state, "Empty");
}

async function offsets() {
  const topic = await newTopic(2);
  await fill(topic, 10, 2);
  const partitions = [
    { partition: 0, offset: "5" },
    { partition: 1, offset: "6" },
  ];
  await admin.setOffsets({ groupId: topic, topic, partitions });
  equal("set", await committedOf(topic, topic), [
    ["5", null],
    ["6", null],
  ]);
  await admin.resetOffsets({ groupId: topic, topic, earliest: true });
  // kafkajs commits -2, its name for the earliest, and looks up what that is when it is asked to
  equal("reset", (await committedOf(topic, topic)).flat().filter(Boolean), ["-2", "-2"]);
  const [resolved] = await admin.fetchOffsets({ groupId: topic, topics: [topic], resolveOffsets: true });
  equal(
    "resolved",
    resolved.partitions.map(({ offset }) => offset),
    ["0", "0"],
  );
}

async function deletes() {
  const topic = await newTopic(PARTITIONS);
  const member = await join(topic, topic);
  await share([member]);
  const errorOf = ({ groups }) => groups[0].error?.type;
  equal("with a member", errorOf(await admin.deleteGroups([topic]).catch((error) => error)), "NON_EMPTY_GROUP");
  await member.leave();
  equal("empty", (await admin.deleteGroups([topic]))[0].errorCode, 0);
  equal("deleted", errorOf(await admin.deleteGroups([topic]).catch((error) => error)), "GROUP_ID_NOT_FOUND");
}

export async function groupChecks() {
  await check("members share, and every record is read once", membersShare);
  await check("resolves and commits within batches, and goes on there", batches);
  await check("commits with metadata, seeks, and goes on there", commits);
  await check("lists and describes groups", describes);
  await check("sets, resets and fetches offsets", offsets);
  await check("deletes groups, but not with members", deletes);
}
