// What scenarios share: topics of three and of four partitions whose ids are known, and a coordinator that has loaded every group.
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

async function topicIdOf(one, topic, partitions) {
  const request = { topics: [{ topicId: ZERO_ID, name: topic }], allowAutoTopicCreation: false, includeTopicAuthorizedOperations: false };
  const { topics } = await one.ask(Metadata, 12, request);
  holds("the topic leads", topics[0].errorCode === 0 && topics[0].partitions.length === partitions);
  return topics[0].topicId;
}

async function makeTopic(one, topic, numPartitions) {
  const topics = [{ name: topic, numPartitions, replicationFactor: 1, assignments: [], configs: [] }];
  await one.ask(CreateTopics, 5, { topics, timeoutMs: 10_000, validateOnly: false });
  return eventually(() => topicIdOf(one, topic, numPartitions));
}

/** Makes the topics; resolves with { round, topic, topicId, four: { topic, topicId } }. */
export async function makeWorld(round) {
  const one = connect();
  const [topic, ofFour] = [topicName(`g${round}-topic`), topicName(`g${round}-topic-of-four`)];
  const topicId = await makeTopic(one, topic, 3);
  const four = { topic: ofFour, topicId: await makeTopic(one, ofFour, 4) };
  await eventually(() => coordinatorsAnswer(one), 30_000);
  await one.end();
  return { round, topic, topicId, four };
}
