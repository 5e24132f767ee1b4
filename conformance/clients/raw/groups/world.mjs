// What scenarios share: a topic of three partitions whose id is known, and a coordinator that has loaded every group.
import { CreateTopics, FindCoordinator, Metadata, OffsetFetch } from "@moldau/protocol";
import { eventually, holds, topicName } from "../../../lib/checks.mjs";
import { connect } from "./wire.mjs";

const ZERO_ID = "AAAAAAAAAAAAAAAAAAAAAA";
// enough names to fall on every partition of the topic that keeps groups
const PROBES = Array.from({ length: 1_000 }, (_, index) => `probe-${index}`);

async function coordinatorsAnswer(one) {
  const { coordinators } = await one.ask(FindCoordinator, 4, { keyType: 0, coordinatorKeys: PROBES });
  holds(
    "every group has its coordinator",
    coordinators.every(({ errorCode }) => errorCode === 0),
  );
  const { groups } = await one.ask(OffsetFetch, 8, { groups: PROBES.map((groupId) => ({ groupId, topics: [] })), requireStable: false });
  holds(
    "every group is loaded",
    groups.every(({ errorCode }) => errorCode === 0),
  );
}

async function topicIdOf(one, topic) {
  const request = { topics: [{ topicId: ZERO_ID, name: topic }], allowAutoTopicCreation: false, includeTopicAuthorizedOperations: false };
  const { topics } = await one.ask(Metadata, 12, request);
  holds("the topic leads", topics[0].errorCode === 0 && topics[0].partitions.length === 3);
  return topics[0].topicId;
}

/** Makes the topic; resolves with { round, topic, topicId }. */
export async function makeWorld(round) {
  const one = connect();
  const topic = topicName(`g${round}-topic`);
  const topics = [{ name: topic, numPartitions: 3, replicationFactor: 1, assignments: [], configs: [] }];
  await one.ask(CreateTopics, 5, { topics, timeoutMs: 10_000, validateOnly: false });
  const topicId = await eventually(() => topicIdOf(one, topic));
  await eventually(() => coordinatorsAnswer(one), 30_000);
  await one.end();
  return { round, topic, topicId };
}
