// What the load program's client library cannot ask of a broker: altering a topic, and how large its log is.
import { DescribeLogDirs, IncrementalAlterConfigs } from "@moldau/protocol";
import { openConnection } from "./groups/connection.mjs";

const TOPIC = 2;
const SET = 0;

/** @template T @param {string} address @param {(connection: import("./groups/connection.mjs").Connection) => Promise<T>} ask */
async function asking(address, ask) {
  const connection = await openConnection(address);
  try {
    return await ask(connection);
  } finally {
    connection.close();
  }
}

/**
 * @param {string} address host:port
 * @param {string} topic
 * @param {Readonly<Record<string, string>>} properties
 */
export const alterTopic = (address, topic, properties) =>
  asking(address, async ({ call }) => {
    const configs = Object.entries(properties).map(([name, value]) => ({ name, configOperation: SET, value }));
    const resources = [{ resourceType: TOPIC, resourceName: topic, configs }];
    const { responses } = await call(IncrementalAlterConfigs, 1, { resources, validateOnly: false });
    const refused = responses.find(({ errorCode }) => errorCode !== 0);
    if (refused) throw new Error(`${topic} could not be altered: error ${refused.errorCode}, ${refused.errorMessage}`);
  });

/** Bytes of partition 0's log. @param {string} address host:port @param {string} topic */
export const logBytes = (address, topic) =>
  asking(address, async ({ call }) => {
    const { results } = await call(DescribeLogDirs, 4, { topics: [{ topic, partitions: [0] }] });
    const size = results[0]?.topics[0]?.partitions[0]?.partitionSize;
    if (size === undefined) throw new Error(`nobody knows the size of ${topic}`);
    return size;
  });
