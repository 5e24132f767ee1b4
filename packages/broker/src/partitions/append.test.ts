// What a partition takes no more of, though each batch by itself is sound.
import type { TopicConfig, TopicImage } from "@moldau/metadata";
import { buildBatch } from "@moldau/records";
import { expect, it } from "vitest";
import { appendBatch, OPEN_TRANSACTIONS, type VerifiedTransaction } from "./append.js";
import type { Partition } from "./partition.js";
import type { Partitions } from "./partitions.js";
import { type ProducerStates, producerStates } from "./producer-state.js";

const TRANSACTIONAL = 0x10;
const NOTHING = { producers: new Uint8Array(0), producersThrough: 0, tail: [] };

function partitionOf(states: ProducerStates) {
  const log = { endOffset: OPEN_TRANSACTIONS };
  return {
    log,
    leaderEpoch: 0,
    deleted: () => false,
    producers: () => states,
    append: () => ({ baseOffset: log.endOffset++, durable: Promise.resolve() }),
  } as unknown as Partition;
}

const partitions = { store: { admit: () => undefined, maxBatchBytes: 1_000_000 } } as unknown as Partitions;
const config = { maxMessageBytes: 1_000_000, compressionType: "producer", timestampType: "LogAppendTime" } as unknown as TopicConfig;

/** A transactional batch of one record; gives the error, or "appended". */
async function write(partition: Partition, producerId: number, baseSequence: number, verified: VerifiedTransaction | undefined) {
  const batch = buildBatch({
    records: [{ value: Buffer.from("a"), timestamp: 0 }],
    producerId,
    producerEpoch: 0,
    baseSequence,
    transactional: true,
  });
  const outcome = await appendBatch(batch, { topic: { name: "t" } as TopicImage, config, partition, partitions, nowMs: 0, verified });
  return outcome.kind === "refused" ? outcome.error : outcome.kind;
}
const verifiedFor = (producerId: number) => ({ producerId, producerEpoch: 0, lastMarkerOffset: -1, raisesEpoch: false });
const noProducers = () =>
  producerStates(
    NOTHING,
    () => 0,
    () => ({ logStartOffset: 0, highWatermark: 0 }),
  );

it("begins no transaction that nobody was asked about: the producer tries again, and is", async () => {
  const partition = partitionOf(noProducers());
  expect(await write(partition, 1, 0, undefined)).toBe("NOT_ENOUGH_REPLICAS");
  // What was refused comes first.
  expect(await write(partition, 1, 1, verifiedFor(1))).toBe("OUT_OF_ORDER_SEQUENCE_NUMBER");
  expect(await write(partition, 1, 0, { ...verifiedFor(1), lastMarkerOffset: 7 })).toBe("NOT_ENOUGH_REPLICAS");
  expect(await write(partition, 1, 0, verifiedFor(1))).toBe("appended");
});

it("begins no transaction while ten thousand are open, and goes on with those", async () => {
  const states = noProducers();
  const facts = { maxTimestamp: 0, producerEpoch: 0, baseSequence: 0, attributes: TRANSACTIONAL };
  for (let id = 0; id < OPEN_TRANSACTIONS; id++) states.apply({ ...facts, baseOffset: id, lastOffset: id, producerId: id });
  const partition = partitionOf(states);
  const writeBy = (producerId: number, baseSequence: number) => write(partition, producerId, baseSequence, verifiedFor(producerId));
  const newcomer = OPEN_TRANSACTIONS;
  expect(await writeBy(newcomer, 0)).toBe("NOT_ENOUGH_REPLICAS");
  // What was refused comes first.
  expect(await writeBy(newcomer, 1)).toBe("OUT_OF_ORDER_SEQUENCE_NUMBER");
  expect(await writeBy(5, 1)).toBe("appended");
  states.transactions.end(7, OPEN_TRANSACTIONS + 1, { commit: true, coordinatorEpoch: 0 });
  expect(await writeBy(newcomer, 0)).toBe("appended");
});
