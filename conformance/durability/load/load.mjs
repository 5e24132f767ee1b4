// The load that brokers are killed under: small and large batches, one at a time and pipelined, idempotent and not, several connections.
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { connectSoon } from "../broker/connection.mjs";
import { readThrough, TOPICS } from "../broker/topics.mjs";
import { partitionBook } from "./book.mjs";
import { startProducer } from "./producer.mjs";

/** `bytes` are of a record, `records` of a batch, both at most. */
const SHAPES = [
  { idempotent: true, inFlight: 1, records: 1, bytes: 200 },
  { idempotent: true, inFlight: 5, records: 50, bytes: 200 },
  { idempotent: false, inFlight: 3, records: 10, bytes: 300, partitionsPerRequest: 8 },
  { idempotent: false, inFlight: 2, records: 200, bytes: 2_000, compression: "gzip", pauseMs: 20 },
  { idempotent: true, inFlight: 2, records: 1, bytes: 1_000_000, pauseMs: 8 },
  { idempotent: false, inFlight: 3, records: 300, bytes: 3_000, pauseMs: 15 },
];
const LARGEST_COMPLAINTS = 20;

/** Starts the load, which goes on over any number of brokers at that port. */
export function startLoad({ port, random, shapes = SHAPES, topics = TOPICS }) {
  const complaints = [];
  const broken = (sentence) => {
    if (complaints.length < LARGEST_COMPLAINTS) complaints.push(sentence);
  };
  const partitions = topics.flatMap(({ name, partitions: count }) =>
    Array.from({ length: count }, (_, index) => ({ topic: name, index, book: partitionBook(`${name}-${index}`, broken) })),
  );
  let heard = () => {};
  const acknowledged = (sentMs) => heard(sentMs);
  let heardRefusal = () => {};
  const refused = (refusal) => heardRefusal(refusal);
  const producers = shapes.map((shape) => startProducer({ port, random, shape, partitions, acknowledged, refused, broken }));

  const totals = () => {
    const all = partitions.map(({ book }) => book.counts());
    return {
      batches: all.reduce((sum, { acknowledgedBatches }) => sum + acknowledgedBatches, 0),
      records: all.reduce((sum, { acknowledgedRecords }) => sum + acknowledgedRecords, 0),
    };
  };

  return {
    complaints,
    totals,
    /** Resolves with when the first answer came to a request that was made after `sinceMs` (of performance.now). */
    nextAck: (sinceMs = performance.now()) =>
      new Promise((resolve) => {
        heard = (sentMs) => {
          if (sentMs < sinceMs) return;
          heard = () => {};
          resolve(performance.now());
        };
      }),
    /** Resolves with { name, message } of the next refusal. */
    nextRefusal: () =>
      new Promise((resolve) => {
        heardRefusal = resolve;
      }),
    /** Resolves when every producer had something acknowledged since. */
    async allSettledOnce() {
      const before = producers.map((producer) => producer.settledRequests());
      while (producers.some((producer, i) => producer.settledRequests() === before[i])) await sleep(20);
    },
    stopProducing: () => Promise.all(producers.map((producer) => producer.stop())),
    /** Reads back what is new, or all; returns how many batches. Broken promises become complaints. */
    async check({ all = false } = {}) {
      const connection = await connectSoon(port);
      try {
        let batches = 0;
        for (const { topic, index, book } of partitions)
          batches += await book.check((from, visit) => readThrough(connection, topic, index, from, visit), { all });
        return batches;
      } finally {
        connection.close();
      }
    },
  };
}
