// Who lives in a world of logs: producers and readers of a topic that lasts and of one that comes and goes, and whoever deletes records.

import type { Stage } from "../world/in-world.js";
import type { Shape } from "../world/shape.js";
import { produce } from "./producer.js";
import { keepReading } from "./reader.js";
import { createTopic, deleteTopic, type SimTopic } from "./topic.js";
import { keepTrimming } from "./trimmer.js";

export interface LogPopulation {
  readonly topics: readonly SimTopic[];
  arrive(): void;
  /** Batches acknowledged. */
  acknowledged(): number;
}

export function logPopulation({ world, random, fault, guard }: Stage, shape: Shape): LogPopulation {
  const topics: SimTopic[] = [];
  const producerIds = new Set<number>();
  let producers = 0;
  const { maxPauseMs, maxRecords, maxPaddingBytes } = shape;
  const over = () => world.isCalm();
  const retention = new Map(shape.keepsBytes === undefined ? [] : [["retention.bytes", String(shape.keepsBytes)]]);

  const identified = (producerId: number) => {
    if (producerIds.has(producerId)) fault(`producer id ${producerId} was given twice`);
    producerIds.add(producerId);
  };
  const nextProducer = () => ++producers;

  /** Creates a topic, and lets producers and readers have it. */
  const inhabit = async (name: string, partitions: number, producerCount: number): Promise<SimTopic> => {
    const topic = await createTopic(world.client("admin"), name, partitions, retention);
    topics.push(topic);
    for (let i = 0; i < producerCount; i++) {
      const first = i % partitions;
      guard(
        produce({
          client: world.client(`producer-${i}`),
          random: random.fork(),
          topic,
          partitions: random.chance(0.3) && partitions > 1 ? [first, (first + 1) % partitions] : [first],
          idempotent: random.chance(0.7),
          maxRecords,
          maxPaddingBytes,
          maxPauseMs,
          nextProducer,
          identified,
          finishing: over,
        }),
      );
    }
    for (let partition = 0; partition < partitions; partition++) {
      guard(keepReading({ client: world.client("reader"), random: random.fork(), topic, partition, maxPauseMs: 2 * maxPauseMs, over }));
    }
    return topic;
  };
  /** A topic that comes and goes. */
  const churn = async () => {
    while (!over()) {
      const topic = await inhabit("passing", random.int(1, 2), 1);
      await world.time.pause(random.int(1, shape.maxCalmMs));
      await deleteTopic(world.client("admin"), topic);
    }
  };
  const settle = async () => {
    const topic = await inhabit("lasting", shape.partitions, shape.producers);
    const trimmer = { client: world.client("trimmer"), random: random.fork(), topic, maxPauseMs: Math.ceil(shape.maxCalmMs / 2), over };
    if (shape.trims) guard(keepTrimming(trimmer));
  };
  return {
    topics,
    arrive() {
      guard(settle());
      if (shape.churns) guard(churn());
    },
    acknowledged: () => topics.flatMap(({ books }) => books.map(({ promises }) => promises.length)).reduce((a, b) => a + b, 0),
  };
}
