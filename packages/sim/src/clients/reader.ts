// Reads partitions as consumers do: from an offset on, over and over, telling what it saw.
import { errorByCode, errors, Fetch, ListOffsets } from "@moldau/protocol";
import { batchCrc, batches, records } from "@moldau/records";
import type { FoundLog } from "../promises/judge.js";
import type { SeenRecord } from "../promises/log-book.js";
import { readRecordName } from "../promises/record-name.js";
import type { SeededRandom } from "../time/seeded-random.js";
import { isLoss, type Reconnecting } from "./reconnecting.js";
import type { SimTopic } from "./topic.js";

const FETCH_VERSION = 13;
const LIST_OFFSETS_VERSION = 7;
const RETRY_MS = 10;
const CRC_AT = 17;

export const EARLIEST = -2;
export const LATEST = -1;
export const LARGEST_TIMESTAMP = -3;

/** One fetch: the records from `offset` on that came, or why none: deleted, or ask again, or the topic is no more. */
export async function fetchOnce(
  client: Reconnecting,
  topic: SimTopic,
  partition: number,
  offset: number,
  maxBytes: number,
): Promise<readonly SeenRecord[] | "deleted" | "again" | "gone"> {
  const { responses } = await client.request(Fetch, FETCH_VERSION, {
    maxWaitMs: 20,
    minBytes: 1,
    maxBytes,
    isolationLevel: 0,
    sessionId: 0,
    sessionEpoch: -1,
    topics: [{ topicId: topic.id, partitions: [{ partition, fetchOffset: offset, partitionMaxBytes: maxBytes }] }],
    forgottenTopicsData: [],
  });
  const answer = responses[0]?.partitions[0];
  if (!answer) throw new Error("a fetch was answered without its partition");
  const { name } = errorByCode(answer.errorCode);
  if (name === "OFFSET_OUT_OF_RANGE") return "deleted";
  if (name === "UNKNOWN_TOPIC_ID") return "gone";
  if (name === "CORRUPT_MESSAGE") throw new Error(`${topic.name}-${partition}: what is stored at offset ${offset} is damaged`);
  if (name !== "NONE") return "again";
  return decode(answer.records ?? new Uint8Array(0), offset, answer.highWatermark);
}

function decode(bytes: Uint8Array, from: number, highWatermark: number): readonly SeenRecord[] {
  const seen: SeenRecord[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (const position of batches(bytes, 0, bytes.length)) {
    if (view.getUint32(position + CRC_AT) !== batchCrc(bytes, position)) throw new Error(`a damaged batch was given at offset ${from}`);
    for (const { offset, value, timestamp } of records(bytes, position)) {
      if (offset >= highWatermark) throw new Error(`offset ${offset} was given, at or above the high watermark ${highWatermark}`);
      if (offset >= from) seen.push({ offset, timestamp, name: value ? readRecordName(value) : -1 });
    }
  }
  return seen;
}

/** The first offset with that timestamp, or the one that a special timestamp stands for. Of a topic that is being deleted, any: it may be gone. */
export async function offsetOf(
  client: Reconnecting,
  topic: SimTopic,
  partition: number,
  timestamp: number,
): Promise<{ readonly offset: number; readonly timestamp: number }> {
  for (;;) {
    const { topics } = await client.insist(ListOffsets, LIST_OFFSETS_VERSION, {
      replicaId: -1,
      isolationLevel: 0,
      topics: [{ name: topic.name, partitions: [{ partitionIndex: partition, timestamp }] }],
    });
    const answer = topics[0]?.partitions[0];
    if (answer?.errorCode === 0) return answer;
    if (answer?.errorCode === errors.UNKNOWN_TOPIC_OR_PARTITION.code && topic.deletionAsked) return { offset: 0, timestamp: -1 };
    await client.time.pause(RETRY_MS);
  }
}

export interface ReaderOptions {
  readonly client: Reconnecting;
  readonly random: SeededRandom;
  readonly topic: SimTopic;
  readonly partition: number;
  readonly maxPauseMs: number;
  readonly over: () => boolean;
}

/** Reads on and on, now and then from the beginning: old records come from segments. */
export async function keepReading({ client, random, topic, partition, maxPauseMs, over }: ReaderOptions): Promise<void> {
  let offset = 0;
  while (!over()) {
    try {
      const found = await fetchOnce(client, topic, partition, offset, random.int(100, 16_000));
      if (found === "gone" && topic.deletionAsked) return;
      if (found === "gone") throw new Error(`${topic.name} is not there any more`);
      if (found === "deleted") offset = (await offsetOf(client, topic, partition, EARLIEST)).offset;
      if (typeof found !== "string") {
        const surprise = topic.books[partition]?.saw(found);
        if (surprise) throw new Error(surprise);
        offset = (found.at(-1)?.offset ?? offset - 1) + 1;
      }
      if (random.chance(0.03)) offset = 0;
    } catch (error) {
      if (!isLoss(error)) throw error;
    }
    await client.time.pause(random.int(0, maxPauseMs));
  }
}

/** Everything from the log start offset to the high watermark. */
export async function readAll(client: Reconnecting, topic: SimTopic, partition: number): Promise<FoundLog> {
  const logStartOffset = (await offsetOf(client, topic, partition, EARLIEST)).offset;
  const end = (await offsetOf(client, topic, partition, LATEST)).offset;
  const found: SeenRecord[] = [];
  for (let offset = logStartOffset; offset < end; ) {
    const some = await fetchOnce(client, topic, partition, offset, 16_384);
    if (typeof some === "string" || some.length === 0) {
      throw new Error(`${topic.name}-${partition}: offset ${offset} of [${logStartOffset}, ${end}) could not be read: ${some}`);
    }
    for (const record of some) found.push(record);
    offset = (some.at(-1)?.offset ?? offset) + 1;
  }
  return { logStartOffset, records: found };
}
