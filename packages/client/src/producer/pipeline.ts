// The way of records, put together: intake → partition's batch → lane to its leader → answer.
import { pause } from "../cluster/backoff.js";
import type { Cluster } from "../cluster/cluster.js";
import { ClientError } from "../errors.js";
import type { Batch, Delivered, Failed, Flush } from "./batch.js";
import { dispatcher, placed } from "./dispatcher.js";
import { type Gate, idempotentGate, openGate } from "./gate.js";
import { intake } from "./intake.js";
import { memoryPool } from "./memory-pool.js";
import type { ProducerSettings } from "./options.js";
import { partitionQueue } from "./partition-queue.js";
import { isPartition, keyPartition } from "./partitioner.js";
import type { PreparedRecord } from "./record.js";
import type { Slot } from "./slot.js";
import { type TopicState, topicsOf } from "./topics.js";
import { type Transactions, transactionsOf } from "./transaction/transactions.js";

export interface Pipeline {
  give(record: PreparedRecord, delivered: Delivered | undefined, failed: Failed, signal?: AbortSignal): void;
  /** For records for which nobody waits. */
  readonly unattended: Failed;
  /** Undefined without a transactional id. */
  readonly transactions: Transactions | undefined;
  readonly hasRoom: boolean;
  room(): Promise<void>;
  flush(): Promise<void>;
  close(timeoutMs: number): Promise<void>;
}

/** Memory kept for batches to come, as part of what may be buffered. */
const KEPT_FRACTION = 0.5;
const SWEEPS_PER_TIMEOUT = 10;
const SWEEP_MS_MAX = 1000;

export function pipelineOf(cluster: Cluster, settings: ProducerSettings): Pipeline {
  const { clock, timers } = cluster.settings.world;
  const { deliveryTimeoutMs, bufferBytes, transactionalId, idempotent } = settings;
  const memory = memoryPool(bufferBytes * KEPT_FRACTION);
  let flushing = 0;
  let isClosed = false;
  let failure: { readonly error: unknown } | undefined;

  const unattended = (error: unknown) => {
    // A transaction cannot be committed then, which is told by itself.
    if (!transactions) failure ??= { error };
  };
  const queueSettings = { ...settings, transactional: transactionalId !== undefined, memory, clock };
  const topics = topicsOf({
    cluster,
    settings,
    queueOf: (topic, partition) => partitionQueue(topic, partition, queueSettings),
    led: (slot, leader) => lanes.led(slot, leader),
  });
  const append = (topic: TopicState, record: PreparedRecord, delivered: Delivered | undefined, failed: Failed): number => {
    const slot = slotFor(topic, record, settings);
    const { queue } = slot;
    const { hasWork, fullBatches } = queue;
    const grown = queue.append(record.timestamp, record.key, record.value, record.headers, delivered, failed);
    if (record.key === null) topic.sticky.wrote(grown);
    if (!hasWork) lanes.wake(slot, false);
    else if (queue.fullBatches > fullBatches) lanes.wake(slot, true);
    return grown;
  };
  const incoming = intake({
    bufferBytes,
    deliveryTimeoutMs,
    monotonicMs: clock.monotonicMs,
    topic: topics.topic,
    find: topics.find,
    append,
    lost: (error) => gate.lost(error, false),
  });
  const giveUp = (slot: Slot, error: unknown) => lanes.giveUp(slot.queue.drop(), (batch) => placed(error, batch));
  const dropAll = (error: ClientError) => {
    incoming.drop((record) => placed(error, record));
    for (const slot of topics.slots()) giveUp(slot, error);
  };
  const wake = (slot: Slot) => lanes.wake(slot, false);
  const behind = { cluster, settings, wake, giveUp };
  const transactions =
    transactionalId === undefined
      ? undefined
      : transactionsOf({ ...behind, transactionalId, slots: topics.slots, dropAll, drained: () => drained() });
  const gate: Gate = transactions ?? (idempotent ? idempotentGate(behind) : openGate());
  const lanes = dispatcher({
    cluster,
    settings,
    memory,
    isFlushing: () => flushing > 0,
    gate,
    taken: (slot) => topics.topic(slot.queue.topic).sticky.taken(slot.queue.partition),
    grew: incoming.grew,
    unattended,
    refresh: topics.refresh,
  });

  const sweep = () => {
    const beforeMs = clock.monotonicMs() - deliveryTimeoutMs;
    incoming.expire();
    for (const { queue } of topics.slots()) {
      lanes.giveUp(queue.expire(beforeMs), (batch) => overdue(batch, deliveryTimeoutMs));
    }
    timer = timers.after(sweepMs, sweep);
  };
  const sweepMs = Math.min(SWEEP_MS_MAX, deliveryTimeoutMs / SWEEPS_PER_TIMEOUT);
  let timer = timers.after(sweepMs, sweep);

  const settled = (): Promise<void> => {
    const slots = [...topics.slots()];
    const batches = slots.flatMap(({ queue }) => queue.batches());
    for (const slot of slots) if (slot.queue.hasWork) lanes.wake(slot, false);
    if (batches.length === 0) return Promise.resolve();
    return new Promise((done) => {
      const flush: Flush = { left: batches.length, done };
      for (const batch of batches) batch.flushes.push(flush);
    });
  };
  const drained = async () => {
    flushing++;
    try {
      await incoming.drained();
      await settled();
    } finally {
      flushing--;
    }
  };
  const flush = async () => {
    await drained();
    if (!failure) return;
    const { error } = failure;
    failure = undefined;
    throw error;
  };

  return {
    give(record, delivered, failed, signal) {
      if (isClosed) failed(new ClientError("CLOSED", "the producer was closed", { topic: record.topic, partition: record.partition }));
      else incoming.give(record, delivered, failed, signal);
    },
    unattended,
    transactions,
    get hasRoom() {
      return incoming.hasRoom;
    },
    room: incoming.room,
    flush,
    async close(timeoutMs) {
      isClosed = true;
      const late = new AbortController();
      const flushed = flush();
      try {
        await Promise.race([flushed, pause(cluster.settings, timeoutMs, late.signal).catch(() => {})]);
      } finally {
        late.abort();
        const closed = (about: { readonly topic: string; readonly partition?: number | undefined }) =>
          new ClientError("CLOSED", "the producer was closed before the record was acknowledged", about);
        topics.close();
        lanes.close();
        timer.cancel();
        incoming.drop(closed);
        for (const { queue } of topics.slots()) lanes.giveUp(queue.drop(), closed);
        for (const { queue } of topics.slots()) lanes.giveUp(queue.batches(), closed);
      }
      await flushed;
    },
  };
}

function overdue({ topic, partition, lastError }: Batch, afterMs: number): ClientError {
  const why = lastError ? `: ${lastError.message} (${lastError.code})` : "";
  const message = `records of ${topic}-${partition} were not acknowledged within ${afterMs} ms${why}`;
  return new ClientError("TIMED_OUT", message, { retriable: true, topic, partition, cause: lastError });
}

function slotFor(topic: TopicState, { key, value, partition }: PreparedRecord, { partitioner }: ProducerSettings): Slot {
  const { slots, name } = topic;
  const partitions = slots.length;
  const asked = partition ?? partitioner?.({ topic: name, key, value, partitions });
  if (asked === undefined) return slots[key === null ? topic.sticky.choose(slots) : keyPartition(key, partitions)] as Slot;
  if (isPartition(asked, partitions)) return slots[asked] as Slot;
  const message = `partition ${asked} of ${name} does not exist: it has ${partitions}, from 0 on`;
  throw new ClientError("INVALID_ARGUMENT", message, { topic: name, partition: asked });
}
