// One producer: a connection, requests in flight, and the same ones again after the connection was lost, if it is idempotent.
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { errorByCode, InitProducerId, Produce } from "@moldau/protocol";
import { buildBatch } from "@moldau/records";
import { ConnectionLost, connectSoon } from "../broker/connection.mjs";

const PRODUCE_VERSION = 9;
const INIT_VERSION = 3;
const ANONYMOUS = { producerId: -1, producerEpoch: -1 };
const RETRY_MS = 50;
/** How often an idempotent producer comes back as a new one. */
const RENEW = 0.15;

// Bytes that don't repeat within any record and cost nothing to make.
const filler = Buffer.from(Array.from({ length: 1 << 21 }, (_, i) => (Math.imul(i + 1, 0x9e3779b1) >>> 13) & 0xff));
let nextBatch = 1;

function values(random, { records, bytes }) {
  const name = `${nextBatch++}`;
  return Array.from({ length: random.int(1, records) }, (_, i) => {
    const length = random.int(1, bytes);
    const at = random.int(0, filler.length - length);
    return Buffer.concat([Buffer.from(`${name}.${i} `), filler.subarray(at, at + length)]);
  });
}

/**
 * `shape`: { idempotent, inFlight, partitionsPerRequest, records, bytes, pauseMs, compression? }. `partitions` is a list of
 * { topic, index, book }. `acknowledged(sentMs)` is called for each answered request, `refused({ name, message })` for
 * each batch that is to be sent again later, `broken(sentence)` for answers that should not be.
 * Runs until stop(), which waits until what is in flight is answered, or lost with the connection.
 */
export function startProducer({ port, random, shape, partitions, acknowledged, refused, broken }) {
  let stopping = false;
  const sequences = new Map();
  let identity = ANONYMOUS;
  let producers = 0;
  let settledRequests = 0;
  /** Partitions that refused a batch: until it is sent again, what was sent behind it is out of order. */
  const behindRefused = new Set();

  const renew = async (connection) => {
    const answer = await connection.request(InitProducerId, INIT_VERSION, { transactionalId: null, transactionTimeoutMs: 60_000 });
    if (answer.errorCode !== 0) throw new ConnectionLost(errorByCode(answer.errorCode).name);
    identity = { producerId: answer.producerId, producerEpoch: answer.producerEpoch };
    producers++;
    sequences.clear();
  };

  const makeBatch = (partition) => {
    const now = Date.now();
    const records = values(random, shape).map((value) => ({ key: null, value, timestamp: now }));
    const baseSequence = shape.idempotent ? (sequences.get(partition) ?? 0) : -1;
    if (shape.idempotent) sequences.set(partition, baseSequence + records.length);
    const compression = shape.compression ?? "none";
    const bytes = buildBatch({ records, compression, ...identity, baseSequence });
    return { partition, bytes, entry: partition.book.sent(bytes, records.length), done: false };
  };

  const makeRequest = () => {
    const count = Math.min(shape.partitionsPerRequest ?? 1, partitions.length);
    const first = random.int(0, partitions.length - 1);
    return { batches: Array.from({ length: count }, (_, i) => makeBatch(partitions[(first + i) % partitions.length])) };
  };

  /** Resolves with whether all its batches are settled: acknowledged, or refused and not to be sent again. */
  const send = async (connection, request) => {
    const sentMs = performance.now();
    const batches = request.batches.filter(({ done }) => !done);
    const answer = await connection.request(Produce, PRODUCE_VERSION, {
      transactionalId: null,
      acks: -1,
      timeoutMs: 30_000,
      topicData: batches.map(({ partition, bytes }) => ({
        name: partition.topic,
        partitionData: [{ index: partition.index, records: bytes }],
      })),
    });
    for (const [i, batch] of batches.entries()) {
      const { errorCode, baseOffset, errorMessage } = answer.responses[i].partitionResponses[0];
      const { name, retriable } = errorByCode(errorCode);
      if (errorCode === 0) batch.partition.book.acknowledged(batch.entry, baseOffset);
      else if (!retriable && !(name === "OUT_OF_ORDER_SEQUENCE_NUMBER" && behindRefused.has(batch.partition)))
        broken(`a produce to ${batch.partition.topic}-${batch.partition.index} was answered with ${name}: ${errorMessage}`);
      else refused({ name, message: errorMessage });
      if (errorCode !== 0) behindRefused.add(batch.partition);
      batch.done = errorCode === 0 || !shape.idempotent;
    }
    const settled = request.batches.every(({ done }) => done);
    if (settled) {
      settledRequests++;
      acknowledged(sentMs);
    }
    return settled;
  };

  /** One connection's life. Throws ConnectionLost at its end; `unsettled` are requests to send again first. */
  const life = async (connection, unsettled) => {
    const flying = [];
    behindRefused.clear();
    let again = [...unsettled];
    for (;;) {
      while (flying.length < shape.inFlight && (again.length > 0 || !stopping)) {
        const request = again.shift() ?? makeRequest();
        if (!unsettled.includes(request)) unsettled.push(request);
        const answer = send(connection, request);
        answer.catch(() => {});
        flying.push({ request, answer });
      }
      const first = flying.shift();
      if (!first) return;
      if (await first.answer) {
        unsettled.splice(unsettled.indexOf(first.request), 1);
        if (shape.pauseMs) await sleep(random.float() * 2 * shape.pauseMs);
        continue;
      }
      await Promise.all(flying.map(({ answer }) => answer));
      flying.length = 0;
      for (const request of [...unsettled]) {
        if (request.batches.every(({ done }) => done)) unsettled.splice(unsettled.indexOf(request), 1);
      }
      if (stopping) return;
      await sleep(RETRY_MS);
      behindRefused.clear();
      again = [...unsettled];
    }
  };

  const run = async () => {
    let unsettled = [];
    while (!stopping) {
      let connection;
      try {
        connection = await connectSoon(port, { timeoutMs: 60_000, stopped: () => stopping });
        if (shape.idempotent && (producers === 0 || random.chance(RENEW))) {
          await renew(connection);
          unsettled = [];
        }
        if (!shape.idempotent) unsettled = [];
        await life(connection, unsettled);
      } catch (error) {
        if (!(error instanceof ConnectionLost)) throw error;
      } finally {
        connection?.close();
      }
    }
  };

  const ended = run();
  ended.catch((error) => broken(`a producer failed: ${error.stack}`));
  return {
    settledRequests: () => settledRequests,
    async stop() {
      stopping = true;
      await ended;
    },
  };
}
