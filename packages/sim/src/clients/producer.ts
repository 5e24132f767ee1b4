// A producer as careful clients are: a few requests in flight, each batch sent again until it is acknowledged. Sessions end now and
// then: what was not acknowledged by then may be there or not, and the next session has a producer id of its own.
import { errorByCode, InitProducerId, Produce } from "@moldau/protocol";
import { buildBatch } from "@moldau/records";
import type { SentBatch } from "../promises/log-book.js";
import { batchName, recordName, recordValue, sayRecord } from "../promises/record-name.js";
import type { SeededRandom } from "../time/seeded-random.js";
import { isLoss, type Reconnecting } from "./reconnecting.js";
import type { SimTopic } from "./topic.js";

export const PRODUCE_VERSION = 13;
const INIT_VERSION = 2;
/** As many as the broker remembers of a producer. */
const IN_FLIGHT = 5;
/** How far a record's timestamp may lie in the past. */
const JITTER_MS = 40;

export interface ProducerOptions {
  readonly client: Reconnecting;
  readonly random: SeededRandom;
  readonly topic: SimTopic;
  readonly partitions: readonly number[];
  readonly idempotent: boolean;
  readonly maxRecords: number;
  readonly maxPaddingBytes: number;
  readonly maxPauseMs: number;
  /** A number for a session. */
  readonly nextProducer: () => number;
  /** Told of each producer id: none may be given twice. */
  readonly identified: (producerId: number) => void;
  /** Whether to send no more, only what is not acknowledged. */
  readonly finishing: () => boolean;
}

interface Batch {
  readonly sent: SentBatch;
  readonly partition: number;
}

/** "behind": refused because of one before it. */
type Outcome = "acknowledged" | "refused" | "behind" | "unknown" | "gone";

interface Identity {
  readonly producerId: number;
  readonly producerEpoch: number;
}

/** Settles when, once finishing, all that was sent is acknowledged, or the topic is gone. */
export async function produce(options: ProducerOptions): Promise<void> {
  while (!options.finishing()) {
    const identity = options.idempotent ? await identify(options) : { producerId: -1, producerEpoch: -1 };
    if ((await session(options, identity)) === "gone") return;
  }
}

async function session(options: ProducerOptions, identity: Identity): Promise<"over" | "gone"> {
  const { random, client, topic, finishing, idempotent, maxPauseMs } = options;
  const make = batchMaker(options, identity);
  let queues = options.partitions.map((partition) => ({ partition, unacknowledged: [] as Batch[] }));
  for (;;) {
    if (!finishing()) {
      if (random.chance(0.01)) return "over";
      for (const { partition, unacknowledged } of queues) while (unacknowledged.length < IN_FLIGHT) unacknowledged.push(make(partition));
    }
    if (queues.every(({ unacknowledged }) => unacknowledged.length === 0)) return "over";
    if (random.chance(0.01)) client.time.after(random.float() * 2, () => client.hangUp());
    const requests = Array.from({ length: IN_FLIGHT }, (_, i) => queues.flatMap(({ unacknowledged }) => unacknowledged[i] ?? []));
    const outcomes = new Map((await Promise.all(requests.map((batches) => send(options, batches)))).flat());
    const seen = [...outcomes.values()];
    if (seen.includes("gone")) return "gone";
    for (const { unacknowledged } of queues) checkOrder(topic, unacknowledged.slice(0, IN_FLIGHT), outcomes);
    const stays = (batch: Batch) =>
      outcomes.get(batch) === "refused" || outcomes.get(batch) === "behind" || (idempotent && outcomes.get(batch) === "unknown");
    queues = queues.map(({ partition, unacknowledged }) => ({ partition, unacknowledged: unacknowledged.filter(stays) }));
    await client.time.pause(seen.every((outcome) => outcome === "acknowledged") ? random.int(0, maxPauseMs) : random.int(2, 30));
  }
}

/** A batch is out of order only where one before it was not taken; it will come again behind that one. */
function checkOrder(topic: SimTopic, batches: readonly Batch[], outcomes: ReadonlyMap<Batch, Outcome>): void {
  const first = batches.find((batch) => outcomes.get(batch) !== "acknowledged");
  if (first && outcomes.get(first) === "behind")
    throw new Error(`${topic.name}: ${sayRecord(recordName(first.sent.name, 0))} was out of order though all before it was acknowledged`);
}

function batchMaker({ random, client, topic, idempotent, maxRecords, maxPaddingBytes, nextProducer }: ProducerOptions, identity: Identity) {
  const producer = nextProducer();
  const sequences = new Map<number, number>();
  let batches = 0;
  return (partition: number): Batch => {
    const name = batchName(producer, batches++);
    const timestamps = Array.from({ length: random.int(1, maxRecords) }, () => client.time.wallMs() - random.int(0, JITTER_MS));
    const baseSequence = sequences.get(partition) ?? 0;
    sequences.set(partition, baseSequence + timestamps.length);
    const padding = random.int(0, maxPaddingBytes);
    const bytes = buildBatch({
      records: timestamps.map((timestamp, place) => ({ key: null, value: recordValue(recordName(name, place), padding), timestamp })),
      ...(idempotent && { ...identity, baseSequence }),
      ...(random.chance(0.01) && { compression: "gzip" as const }),
    });
    const sent = { name, timestamps, bytes, idempotent };
    topic.books[partition]?.sent(sent);
    return { sent, partition };
  };
}

async function send({ client, topic }: ProducerOptions, batches: readonly Batch[]): Promise<[Batch, Outcome][]> {
  if (batches.length === 0) return [];
  try {
    const { responses } = await client.request(Produce, PRODUCE_VERSION, {
      transactionalId: null,
      acks: -1,
      timeoutMs: 30_000,
      topicData: [{ topicId: topic.id, partitionData: batches.map(({ partition, sent }) => ({ index: partition, records: sent.bytes })) }],
    });
    return batches.map((batch, i) => {
      const answer = responses[0]?.partitionResponses[i];
      if (answer?.index !== batch.partition) throw new Error(`${topic.name}: a produce was answered without partition ${batch.partition}`);
      if (answer.errorCode === 0) topic.books[batch.partition]?.acknowledged(batch.sent, answer.baseOffset);
      return [batch, outcomeOf(topic, answer.errorCode, answer.errorMessage)];
    });
  } catch (error) {
    if (!isLoss(error)) throw error;
    return batches.map((batch) => [batch, "unknown"]);
  }
}

function outcomeOf(topic: SimTopic, errorCode: number, message: string | null): Outcome {
  const { name, retriable } = errorByCode(errorCode);
  if (name === "NONE") return "acknowledged";
  if (name === "UNKNOWN_TOPIC_ID" && topic.deletionAsked) return "gone";
  if (retriable && name !== "UNKNOWN_TOPIC_ID") return "refused";
  if (name === "OUT_OF_ORDER_SEQUENCE_NUMBER") return "behind";
  throw new Error(`${topic.name}: a produce was answered with ${name}: ${message}`);
}

async function identify({ client, identified }: ProducerOptions): Promise<Identity> {
  for (;;) {
    const { errorCode, producerId, producerEpoch } = await client.insist(InitProducerId, INIT_VERSION, {
      transactionalId: null,
      transactionTimeoutMs: 0,
    });
    if (errorCode === 0) {
      identified(producerId);
      return { producerId, producerEpoch };
    }
    await client.time.pause(20);
  }
}
