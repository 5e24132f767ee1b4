// Topics of the checks, and partitions read from end to end.
import { CreateTopics, errorByCode, Fetch } from "@moldau/protocol";

/** What the load writes to. */
export const TOPICS = [
  { name: "few", partitions: 2 },
  { name: "more", partitions: 6 },
];

const CREATE_VERSION = 5;
const FETCH_VERSION = 12;
const FETCH_BYTES = 8 * 1024 * 1024;

export async function createTopics(connection, topics) {
  const answer = await connection.request(CreateTopics, CREATE_VERSION, {
    topics: topics.map(({ name, partitions, configs = {} }) => ({
      name,
      numPartitions: partitions,
      replicationFactor: 1,
      assignments: [],
      configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
    })),
    timeoutMs: 60_000,
  });
  for (const { name, errorCode, errorMessage } of answer.topics) {
    if (errorCode !== 0) throw new Error(`topic ${name} was not created: ${errorByCode(errorCode).name}: ${errorMessage}`);
  }
}

/** One answer for one partition: { errorCode, highWatermark, records }. */
export async function fetchOnce(connection, topic, partition, offset) {
  const answer = await connection.request(Fetch, FETCH_VERSION, {
    maxWaitMs: 0,
    minBytes: 0,
    maxBytes: FETCH_BYTES,
    topics: [{ topic, partitions: [{ partition, fetchOffset: offset, partitionMaxBytes: FETCH_BYTES }] }],
    forgottenTopicsData: [],
  });
  const found = answer.responses[0]?.partitions[0];
  if (found?.partitionIndex !== partition) throw new Error(`a fetch of ${topic}-${partition} was answered without it`);
  return found;
}

/** Reads from `offset` to the high watermark that the first answer names; hands over the bytes of each answer. Returns that high watermark. */
export async function readThrough(connection, topic, partition, offset, visit) {
  let end;
  for (let next = offset; end === undefined || next < end; ) {
    const { errorCode, highWatermark, records } = await fetchOnce(connection, topic, partition, next);
    if (errorCode !== 0) throw new Error(`${topic}-${partition} from ${next}: ${errorByCode(errorCode).name}`);
    end ??= Number(highWatermark);
    if (next >= end) break;
    if (!records || records.length === 0) throw new Error(`${topic}-${partition}: nothing at ${next}, below the high watermark ${end}`);
    next = visit(records, next);
  }
  return end;
}
