// What the suites of consumers in groups share: workers that process until they are closed, and topics filled in all their partitions.
import { type Client, type Consumer, type ConsumerOptions, createClient } from "@moldau/client";
import { afterEach, beforeEach, vi } from "vitest";
import { createTopic, numbered, produce } from "./raw-records.js";
import { suiteBroker } from "./suite-broker.js";

export interface Worker {
  readonly client: Client;
  readonly consumer: Consumer;
  /** Values processed, in order. */
  readonly seen: string[];
  /** Settles when the loop has ended. */
  readonly done: Promise<void>;
}

/** Groups move faster than by default, and a member that is silent for a second is dead. */
const QUICK = {
  "group.initial.rebalance.delay.ms": "0",
  "group.min.session.timeout.ms": "1000",
  "group.consumer.min.heartbeat.interval.ms": "100",
  "group.consumer.heartbeat.interval.ms": "100",
  "group.consumer.min.session.timeout.ms": "1000",
  "group.consumer.session.timeout.ms": "1000",
};

/** Kafka lets members of consumer groups wait 5 s between heartbeats, and no less. */
const PATIENCE_MS = 90_000;

export function groupSuite() {
  if (process.env.MOLDAU_TEST_BOOTSTRAP) vi.setConfig({ testTimeout: PATIENCE_MS });
  const broker = suiteBroker(QUICK);
  const clients: Client[] = [];
  const waiting = new Set<() => void>();
  const connect = () => {
    const made = createClient({ bootstrap: broker.bootstrap(), retryBackoffMs: 20, metadataMaxAgeMs: 500 });
    clients.push(made);
    return made;
  };
  /** Something has happened: conditions are looked at again. */
  const happened = () => {
    for (const look of waiting) look();
  };
  let client: Client;
  beforeEach(() => {
    client = connect();
  });
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((one) => one.close()));
  });
  return {
    broker,
    client: () => client,
    connect,
    happened,
    /** Processes what comes until it is closed, over a client of its own; `handle` is awaited. */
    work(options: ConsumerOptions, handle: (value: string, consumer: Consumer) => unknown = () => {}): Worker {
      const own = connect();
      const consumer = own.consumer({ from: "earliest", heartbeatIntervalMs: 100, fetchMaxWaitMs: 100, onAssigned: happened, ...options });
      const seen: string[] = [];
      const run = async () => {
        for await (const record of consumer) {
          const value = Buffer.from(record.value ?? "").toString();
          await handle(value, consumer);
          seen.push(value);
          happened();
        }
      };
      return { client: own, consumer, seen, done: run() };
    },
    /** Resolves once it is true: looked at whenever something has happened. */
    until: (isTrue: () => boolean) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (!isTrue()) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    async topicOf(partitions: number): Promise<{ topic: string; group: string }> {
      const topic = broker.topicName("orders");
      await createTopic(client, topic, partitions);
      return { topic, group: broker.topicName("billing") };
    },
    /** Writes `count` values into each partition, and gives them. */
    async fill(topic: string, partitions: number, prefix: string, count = 50): Promise<string[]> {
      const values = Array.from({ length: partitions }, (_, partition) => numbered(count, `${prefix}-${partition}-`));
      await Promise.all(values.map((some, partition) => produce(client, topic, partition, some)));
      return values.flat();
    },
  };
}
