// kafkajs's admin client: topics, partitions, offsets, configs, records deleted.
import { broker, check, equal, eventually, holds, topicName } from "../../lib/checks.mjs";
import { admin, newTopic, send } from "./client.mjs";

const TOPIC_RESOURCE = 2;

const filled = async (count) => {
  const topic = await newTopic();
  await send(
    topic,
    Array.from({ length: count }, (_, index) => ({ value: String(index), timestamp: String((index + 1) * 1_000) })),
  );
  return topic;
};

async function topicsComeAndGo(failsWith) {
  const topic = await newTopic(3);
  const again = { topics: [{ topic, numPartitions: 3, replicationFactor: 1 }] };
  equal("created again", await admin.createTopics(again), false);
  holds("it is listed", (await admin.listTopics()).includes(topic));
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
  equal("partitions", topics[0].partitions.length, 3);
  await admin.createPartitions({ topicPartitions: [{ topic, count: 5 }] });
  equal("wider", (await eventually(() => admin.fetchTopicOffsets(topic))).length, 5);
  await failsWith("INVALID_PARTITIONS", admin.createPartitions({ topicPartitions: [{ topic, count: 2 }] }));
  await admin.deleteTopics({ topics: [topic] });
  const bad = { topics: [{ topic: "../escape", numPartitions: 1, replicationFactor: 1 }] };
  const refused = await admin.createTopics(bad).catch(({ errors }) => errors?.[0].type);
  equal("a name that is a path", refused, "INVALID_TOPIC_EXCEPTION");
}

async function offsets() {
  const topic = await filled(20);
  const [{ low, high, offset }] = await admin.fetchTopicOffsets(topic);
  equal("offsets", { low, high, offset }, { low: "0", high: "20", offset: "20" });
  // where nothing is as late, kafkajs answers with the end
  for (const [timestampMs, expected] of [
    [0, "0"],
    [4_500, "4"],
    [20_001, "20"],
  ]) {
    const [found] = await admin.fetchTopicOffsetsByTimestamp(topic, timestampMs);
    equal(`offset for ${timestampMs}`, found.offset, expected);
  }
  await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: "7" }] });
  equal("low after deletion", (await admin.fetchTopicOffsets(topic))[0].low, "7");
}

async function configs() {
  const topic = await newTopic();
  const describe = async () => {
    const { resources } = await admin.describeConfigs({
      resources: [{ type: TOPIC_RESOURCE, name: topic, configNames: ["cleanup.policy"] }],
    });
    return resources[0].configEntries.map(({ configName, configValue }) => [configName, configValue]);
  };
  equal("at first", await describe(), [["cleanup.policy", "delete"]]);
  const configEntries = [{ name: "cleanup.policy", value: "compact" }];
  await admin.alterConfigs({ validateOnly: false, resources: [{ type: TOPIC_RESOURCE, name: topic, configEntries }] });
  // a change reaches the broker's own view a moment after the controller's answer
  await eventually(async () => equal("after the change", await describe(), [["cleanup.policy", "compact"]]));
}

async function cluster() {
  const { brokers, controller, clusterId } = await admin.describeCluster();
  holds(
    "the controller is a broker",
    brokers.some(({ nodeId }) => nodeId === controller),
  );
  holds(
    "the address is the one we use",
    brokers.some(({ host, port }) => `${host}:${port}` === broker),
  );
  holds("has a cluster id", clusterId.length > 0);
  const topic = topicName("reassigned");
  await newTopic(1, topic);
  equal("reassignments", (await admin.listPartitionReassignments({ topics: [{ topic, partitions: [0] }] })).topics, []);
}

export async function administrationChecks(failsWith) {
  await check("creates, widens, describes and deletes topics", () => topicsComeAndGo(failsWith));
  await check("finds offsets, by time as well, and deletes records", offsets);
  await check("describes and alters configs", configs);
  await check("describes the cluster", cluster);
}
