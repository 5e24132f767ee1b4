// @platformatic/kafka in groups of both protocols: streams of messages, what they commit, the admin client on groups.
import { broker, check, equal, eventually, holds } from "../../lib/checks.mjs";
import { admin, kafka, newTopic, send } from "./client.mjs";

const SETTLE_MS = 30_000;
const PARTITIONS = 4;
const base = { clientId: "conformance", bootstrapBrokers: [broker], retries: 5, retryDelay: 50, timeout: 20_000 };
const protocols = {
  classic: { groupProtocol: "classic", sessionTimeout: 6_000, heartbeatInterval: 100, rebalanceTimeout: 6_000 },
  consumer: { groupProtocol: "consumer" },
};

const fill = (topic, each, partitions = PARTITIONS) =>
  send(
    topic,
    Array.from({ length: each * partitions }, (_, index) => ({ partition: index % partitions, value: Buffer.from(String(index)) })),
  );

const until = (what, condition) => eventually(async () => holds(what, await condition()), SETTLE_MS);

/** A consumer of a topic from where its group is: { assigned(), read, messages, leave() }. */
async function join(groupId, topic, protocol, { autocommit = true } = {}) {
  const consumer = new kafka.Consumer({ ...base, groupId, ...protocols[protocol], maxWaitTime: 100, autocommit });
  const stream = await consumer.consume({ topics: [topic], mode: "committed", fallbackMode: "earliest" });
  const messages = [];
  stream.on("data", (message) => messages.push(message));
  stream.on("error", (error) => console.error(error));
  return {
    consumer,
    messages,
    read: () => messages.map(({ partition, offset }) => `${partition}:${offset}`),
    assigned: () => (consumer.assignments ?? []).flatMap(({ partitions }) => partitions),
    leave: () => consumer.close(true),
  };
}

async function share(members) {
  const all = Array.from({ length: PARTITIONS }, (_, index) => index);
  await until("the members have their shares", () => {
    const shares = members.map((member) => member.assigned());
    const even = shares.every((own) => own.length === PARTITIONS / members.length);
    return even && JSON.stringify(shares.flat().toSorted()) === JSON.stringify(all);
  });
}

async function membersShare(protocol) {
  const topic = await newTopic(PARTITIONS);
  const first = await join(topic, topic, protocol);
  await share([first]);
  const second = await join(topic, topic, protocol);
  await share([first, second]);
  await fill(topic, 5);
  const read = () => [...first.read(), ...second.read()];
  await until("all is read", () => new Set(read()).size >= 20);
  await second.leave();
  await share([first]);
  await fill(topic, 1);
  await until("all of it by the one that is left", () => new Set(read()).size >= 24);
  await first.leave();
}

async function commits(protocol) {
  const topic = await newTopic(1);
  await fill(topic, 10, 1);
  const first = await join(topic, topic, protocol, { autocommit: false });
  await until("all is read", () => first.messages.length === 10);
  await first.messages[5].commit();
  const committed = await first.consumer.listCommittedOffsets({ topics: [{ topic, partitions: [0] }] });
  equal("committed", committed.get(topic), [6n]);
  await first.leave();
  const second = await join(topic, topic, protocol, { autocommit: false });
  await until("the rest", () => second.messages.length >= 4);
  equal("goes on at 6", second.read()[0], "0:6");
  await second.leave();
}

async function describes(protocol) {
  const topic = await newTopic(PARTITIONS);
  const member = await join(topic, topic, protocol);
  await share([member]);
  await until("it is stable", async () => (await admin.listGroups({ states: ["STABLE"], types: [protocol] })).has(topic));
  holds("it is not among the empty", !(await admin.listGroups({ states: ["EMPTY"], types: [protocol] })).has(topic));
  if (protocol === "classic") {
    const described = (await admin.describeGroups({ groups: [topic] })).get(topic);
    equal("members", described.members.size, 1);
  }
  await member.leave();
  await until("it is empty", async () => (await admin.listGroups({ states: ["EMPTY"], types: [protocol] })).has(topic));
}

async function failsWith(id, promise) {
  const failure = await promise.then(
    () => "it succeeded",
    (error) => error.findBy?.("apiId", id)?.apiId ?? error.message,
  );
  equal("error", failure, id);
}

async function offsets() {
  const topic = await newTopic(2);
  const partitionOffsets = [
    { partition: 0, offset: 5n },
    { partition: 1, offset: 6n },
  ];
  await admin.alterConsumerGroupOffsets({ groupId: topic, topics: [{ name: topic, partitionOffsets }] });
  const listed = async () => {
    const [group] = await admin.listConsumerGroupOffsets({ groups: [topic] });
    return group.topics.flatMap(({ partitions }) =>
      partitions.map(({ partitionIndex, committedOffset }) => [partitionIndex, committedOffset]),
    );
  };
  equal("altered", (await listed()).toSorted(), [
    [0, 5n],
    [1, 6n],
  ]);
  await admin.deleteConsumerGroupOffsets({ groupId: topic, topics: [{ name: topic, partitionIndexes: [1] }] });
  equal("one is left", await listed(), [[0, 5n]]);
}

async function deletes(protocol) {
  const topic = await newTopic(PARTITIONS);
  const member = await join(topic, topic, protocol);
  await share([member]);
  await failsWith("NON_EMPTY_GROUP", admin.deleteGroups({ groups: [topic] }));
  await member.leave();
  await admin.deleteGroups({ groups: [topic] });
  await failsWith("GROUP_ID_NOT_FOUND", admin.deleteGroups({ groups: [topic] }));
}

export async function groupChecks() {
  for (const protocol of Object.keys(protocols)) {
    await check(`${protocol}: members share, and every record is read`, () => membersShare(protocol));
    await check(`${protocol}: commits, and goes on there`, () => commits(protocol));
    await check(`${protocol}: lists and describes groups`, () => describes(protocol));
    await check(`${protocol}: deletes groups, but not with members`, () => deletes(protocol));
  }
  await check("alters, lists and deletes offsets", offsets);
}
