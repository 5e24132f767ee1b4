// The end of a simulation, in peace: what is found is held against what was promised.
import { errorByCode, Produce } from "@moldau/protocol";
import { LARGEST_TIMESTAMP, offsetOf, readAll } from "./clients/reader.js";
import type { Reconnecting } from "./clients/reconnecting.js";
import type { SimTopic } from "./clients/topic.js";
import type { SeenRecord } from "./promises/log-book.js";
import { judge } from "./promises/judge.js";
import type { SeededRandom } from "./time/seeded-random.js";
import { sayError, type World } from "./world/world.js";

const TIMESTAMPS_TRIED = 3;

/** What is wrong, in sentences. */
export async function verdict(world: World, topics: readonly SimTopic[], random: SeededRandom, limitMs: number): Promise<readonly string[]> {
  const found: string[] = [];
  let done = false;
  if (random.chance(0.5)) world.restart();
  judgeAll(world, topics, random)
    .then(
      (faults) => void found.push(...faults),
      (error: unknown) => void found.push(sayError(error)),
    )
    .finally(() => {
      done = true;
    });
  if (!(await world.time.run(() => done || world.fatal.length > 0, limitMs))) found.push("in peace, the logs could not be read: something is stuck");
  return found;
}

async function judgeAll(world: World, topics: readonly SimTopic[], random: SeededRandom): Promise<readonly string[]> {
  const client = world.client("judge");
  const faults: string[] = [];
  for (const topic of topics) {
    if (topic.deletionAsked) {
      faults.push(...(await stillThere(client, topic)));
      continue;
    }
    for (const [partition, book] of topic.books.entries()) {
      const log = await readAll(client, topic, partition);
      faults.push(...judge(book, log, world.killsMs));
      faults.push(...(await misdated(client, topic, partition, log.records, random)));
    }
  }
  return faults;
}

/** Every topic whose deletion was asked for has been deleted by now. */
async function stillThere(client: Reconnecting, topic: SimTopic): Promise<string[]> {
  const { responses } = await client.insist(Produce, 13, {
    transactionalId: null,
    acks: -1,
    timeoutMs: 1_000,
    topicData: [{ topicId: topic.id, partitionData: [{ index: 0, records: null }] }],
  });
  const { name } = errorByCode(responses[0]?.partitionResponses[0]?.errorCode ?? 0);
  return name === "UNKNOWN_TOPIC_ID" ? [] : [`${topic.name} was deleted, but a produce to it is answered with ${name}`];
}

/** Offsets by timestamp are those that a look at every record gives. */
async function misdated(
  client: Reconnecting,
  topic: SimTopic,
  partition: number,
  records: readonly SeenRecord[],
  random: SeededRandom,
): Promise<string[]> {
  const title = `${topic.name}-${partition}`;
  const faults: string[] = [];
  for (let i = 0; i < TIMESTAMPS_TRIED && records.length > 0; i++) {
    const timestamp = random.pick(records).timestamp + random.int(-1, 1);
    const wanted = records.find((record) => record.timestamp >= timestamp)?.offset ?? -1;
    const { offset } = await offsetOf(client, topic, partition, timestamp);
    if (offset !== wanted) faults.push(`${title}: the first record at or after ${timestamp} is at ${wanted}, but ListOffsets says ${offset}`);
  }
  const largest = Math.max(-1, ...records.map(({ timestamp }) => timestamp));
  const wanted = records.find(({ timestamp }) => timestamp === largest)?.offset ?? -1;
  const { offset } = await offsetOf(client, topic, partition, LARGEST_TIMESTAMP);
  if (offset !== wanted) faults.push(`${title}: the largest timestamp is at ${wanted}, but ListOffsets says ${offset}`);
  return faults;
}
