// The end of a simulation, in peace: what is found is held against what was promised.
import { basename } from "node:path/posix";
import { errorByCode, Produce } from "@moldau/protocol";
import { PRODUCE_VERSION } from "./clients/producer.js";
import { LARGEST_TIMESTAMP, offsetOf, readAll } from "./clients/reader.js";
import type { Reconnecting } from "./clients/reconnecting.js";
import type { SimTopic } from "./clients/topic.js";
import { judge } from "./promises/judge.js";
import type { Promised, SeenRecord, SentBatch } from "./promises/log-book.js";
import { producerOf, recordName, sayRecord } from "./promises/record-name.js";
import type { SeededRandom } from "./time/seeded-random.js";
import { sayError, type World } from "./world/world.js";

const TIMESTAMPS_TRIED = 3;
const RETRY_MS = 10;
/** How many batches of a producer a broker knows (KIP-98). */
const REMEMBERED_BATCHES = 5;
/** What a stop, a start and a sweep, or a check of retention, take at most. */
const SWEPT_MS = 2_000;

/** What is wrong, in sentences. */
export async function verdict(
  world: World,
  topics: readonly SimTopic[],
  random: SeededRandom,
  limitMs: number,
): Promise<readonly string[]> {
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
  if (!(await world.time.run(() => done || world.fatal.length > 0, limitMs)))
    found.push("in peace, the logs could not be read: something is stuck");
  return found;
}

async function judgeAll(world: World, topics: readonly SimTopic[], random: SeededRandom): Promise<readonly string[]> {
  const client = world.client("judge");
  const faults: string[] = [];
  // Retention goes on in peace, until it has seen what was produced last.
  if (topics.some(({ books }) => books.some(({ keepsBytes }) => keepsBytes !== undefined))) await world.time.pause(SWEPT_MS);
  for (const topic of topics) {
    if (topic.deletionAsked) {
      faults.push(...(await stillThere(client, topic)));
      continue;
    }
    for (const [partition, book] of topic.books.entries()) {
      faults.push(...(await storedTwice(client, topic, partition)));
      const log = await readAll(client, topic, partition);
      faults.push(...judge(book, log, world.ends));
      faults.push(...(await misdated(client, topic, partition, log.records, random)));
    }
  }
  faults.push(...(await leftBehind(world)));
  return faults;
}

/** A while after a start, every segment on the disk is one that the catalog refers to, or that goes in a moment: merging goes on. */
async function leftBehind(world: World): Promise<string[]> {
  world.restart();
  await world.time.pause(SWEPT_MS);
  const some = await unreferred(world);
  if (some.size === 0) return [];
  await world.time.pause(SWEPT_MS);
  const still = await unreferred(world);
  return [...some].filter((path) => still.has(path)).map((path) => `${path} is on the disk, and nothing refers to it`);
}

async function unreferred(world: World): Promise<ReadonlySet<string>> {
  const segments = [...world.disk.paths()].filter((path) => path.includes("/segments/") && path.endsWith(".seg"));
  const referred = await Promise.all(segments.map((path) => world.catalog.extents.hasSegment(Number.parseInt(basename(path), 16))));
  return new Set(segments.filter((_, i) => !referred[i]));
}

/** Every topic whose deletion was asked for has been deleted by now. */
async function stillThere(client: Reconnecting, topic: SimTopic): Promise<string[]> {
  const { name } = errorByCode((await produceTo(client, topic, 0, null)).errorCode);
  return name === "UNKNOWN_TOPIC_ID" ? [] : [`${topic.name} was deleted, but a produce to it is answered with ${name}`];
}

/** The last batch of each idempotent producer, sent once more, is answered with the offset it has: as long as the broker remembers it. */
async function storedTwice(client: Reconnecting, topic: SimTopic, partition: number): Promise<string[]> {
  const newest = new Map<number, Promised>();
  for (const promised of topic.books[partition]?.promises ?? []) {
    const producer = producerOf(promised.batch.name);
    const known = newest.get(producer);
    if (promised.batch.idempotent && (!known || known.batch.name < promised.batch.name)) newest.set(producer, promised);
  }
  const faults: string[] = [];
  for (const { batch, baseOffset } of newest.values()) {
    if (sentAfter(topic.books[partition]?.sentBatches.values() ?? [], batch) >= REMEMBERED_BATCHES) continue;
    const answer = await produceTo(client, topic, partition, batch.bytes);
    if (answer.errorCode === 0 && answer.baseOffset === baseOffset) continue;
    const answered = answer.errorCode === 0 ? `offset ${answer.baseOffset}` : errorByCode(answer.errorCode).name;
    faults.push(
      `${topic.name}-${partition}: ${sayRecord(recordName(batch.name, 0))} of offset ${baseOffset}, sent again, is answered with ${answered}`,
    );
  }
  return faults;
}

/** How many batches the producer sent behind that one. They may have been stored, and their answers lost. */
function sentAfter(batches: Iterable<SentBatch>, { name }: SentBatch): number {
  let count = 0;
  for (const other of batches) if (other.name > name && producerOf(other.name) === producerOf(name)) count++;
  return count;
}

async function produceTo(client: Reconnecting, topic: SimTopic, partition: number, records: Uint8Array | null) {
  for (;;) {
    const { responses } = await client.insist(Produce, PRODUCE_VERSION, {
      transactionalId: null,
      acks: -1,
      timeoutMs: 1_000,
      topicData: [{ topicId: topic.id, partitionData: [{ index: partition, records }] }],
    });
    const answer = responses[0]?.partitionResponses[0];
    if (!answer) throw new Error("a produce was answered without its partition");
    if (errorByCode(answer.errorCode).name !== "KAFKA_STORAGE_ERROR") return answer;
    await client.time.pause(RETRY_MS);
  }
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
    if (offset !== wanted)
      faults.push(`${title}: the first record at or after ${timestamp} is at ${wanted}, but ListOffsets says ${offset}`);
  }
  const largest = Math.max(-1, ...records.map(({ timestamp }) => timestamp));
  const wanted = records.find(({ timestamp }) => timestamp === largest)?.offset ?? -1;
  const { offset } = await offsetOf(client, topic, partition, LARGEST_TIMESTAMP);
  if (offset !== wanted) faults.push(`${title}: the largest timestamp is at ${wanted}, but ListOffsets says ${offset}`);
  return faults;
}
