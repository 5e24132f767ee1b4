// One consumer group of 2,000 members over 10,000 partitions: what it costs to form, to take one more member, and to beat:
// node packages/coordinators/bench/consumer-groups.mjs (after a build).
import { groupsMachine } from "../dist/groups/machine.js";
import { groupWorld } from "../dist/groups/testing/group-world.js";

const MEMBERS = 2000;
const PARTITIONS = 10_000;
const TOPICS = 100;
const BEATS = 400_000;

const cpuMs = (work) => {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
};

const world = groupWorld({ consumerAssignmentIntervalMs: 1000, consumerSessionTimeoutMs: 1_000_000_000 });
const topics = Array.from({ length: TOPICS }, (_, index) => `topic-${index}`);
for (const name of topics) world.setTopic(name, PARTITIONS / TOPICS);

const caller = { version: 1, clientId: "client", clientHost: "/127.0.0.1" };
const silent = {
  groupId: "g",
  instanceId: null,
  rackId: null,
  rebalanceTimeoutMs: -1,
  subscribedTopicNames: null,
  subscribedTopicRegex: null,
  serverAssignor: null,
  topicPartitions: null,
};
const members = [];

function beat(member, fields = {}) {
  const request = { ...silent, memberId: member.memberId, memberEpoch: member.epoch, ...fields };
  world.ask(
    (ticket) => ({ kind: "consumerGroupHeartbeat", ticket, caller, request }),
    ({ errorCode, memberEpoch, assignment }) => {
      if (errorCode !== 0) throw new Error(`error ${errorCode}`);
      member.epoch = memberEpoch;
      if (assignment) member.owned = assignment.topicPartitions;
    },
  );
}

function join(name) {
  const member = { memberId: name, epoch: 0, owned: [] };
  members.push(member);
  beat(member, { rebalanceTimeoutMs: 60_000, subscribedTopicNames: topics, topicPartitions: [] });
}

const isSettled = () => {
  const group = world.state().groups.get("g");
  return [...group.members.values()].every(({ current }) => current.state === "stable" && current.memberEpoch === group.groupEpoch);
};

function settle() {
  let rounds = 0;
  for (; rounds < 50 && !isSettled(); rounds++) {
    world.pass(1000);
    for (const member of members) beat(member, { topicPartitions: member.owned });
  }
  return rounds;
}

const forming = cpuMs(() => {
  for (let index = 0; index < MEMBERS; index++) {
    join(`member-${index}`);
    if (index % 400 === 0) world.pass(1000);
  }
  settle();
});
console.log(`form: ${forming.toFixed(0)} ms CPU for all heartbeats until settled`);
for (let round = 0; round < 3; round++) {
  const joined = cpuMs(() => join(`late-${round}`));
  let rounds = 0;
  const settling = cpuMs(() => {
    rounds = settle();
  });
  console.log(
    `one more member: ${joined.toFixed(0)} ms CPU for its heartbeat (all targets), ${settling.toFixed(0)} ms for ${rounds} rounds of all`,
  );
}

const state = world.state();
const plain = { now: 5e9, config: world.config, configOf: () => world.config, newId: () => "id", topics: world.topics };
const requests = members.map(({ memberId, epoch }) => ({ ...silent, memberId, memberEpoch: epoch }));
const steady = () => {
  for (let index = 0; index < BEATS; index++) {
    const command = { kind: "consumerGroupHeartbeat", ticket: { id: index }, caller, request: requests[index % requests.length] };
    const { replies } = groupsMachine.decide(state, command, plain);
    if (replies[0].response.errorCode !== 0) throw new Error("a steady heartbeat is refused");
  }
};
steady();
const before = process.memoryUsage().heapUsed;
const ms = cpuMs(steady);
console.log(
  `steady heartbeats: ${Math.round(BEATS / ms)} k/s through decide, heap ${((process.memoryUsage().heapUsed - before) / BEATS).toFixed(0)} B each after what was collected`,
);
