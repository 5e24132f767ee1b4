// A partition as its leader holds it: the log, what is known of its producers, and who waits for more.

import type { Clock } from "@moldau/env";
import type { BatchHeader } from "@moldau/records";
import type { TopicId } from "@moldau/std";
import type { Log, LogOwner, LogStore } from "@moldau/storage";
import { type ProducerStates, producerStates, type SequencedBatch } from "./producer-state.js";

/** Waits for the high watermark to move. */
export interface Waiter {
  wake(): void;
}

export interface Appended {
  readonly baseOffset: number;
  /** Settles with the journal group; see Log.append. */
  readonly durable: Promise<void>;
}

export interface Partition {
  readonly topicId: TopicId;
  readonly index: number;
  readonly leaderEpoch: number;
  readonly log: Log;
  readonly producers: () => ProducerStates;
  /**
   * Gives the batch its offsets and appends it. The batch is checked and its base offset patched; room was admitted.
   * `header` are the batch's facts before patching.
   */
  append(batch: Uint8Array, header: BatchHeader): Appended;
  /** When a batch appended earlier is durable: at once if it is below the high watermark. */
  durable(batch: SequencedBatch): Promise<void>;
  /** Where the epoch ended: the largest known epoch not above `epoch` and the offset after its last record (KIP-101, KIP-320). */
  endOfEpoch(epoch: number): { readonly epoch: number; readonly endOffset: number } | undefined;
  readonly waiters: Set<Waiter>;
  /** The topic was deleted: all who wait are woken to see it. */
  readonly deleted: () => boolean;
  markDeleted(): void;
}

const DONE = Promise.resolve();

export async function openPartition(
  store: LogStore,
  clock: Clock,
  topicId: TopicId,
  index: number,
  leaderEpoch: number,
): Promise<Partition> {
  const now = () => clock.monotonicMs();
  const waiters = new Set<Waiter>();
  let gone = false;
  let newest: Promise<void> = DONE;

  const wakeAll = () => {
    if (waiters.size === 0) return;
    for (const waiter of [...waiters]) waiter.wake();
  };
  const owner: LogOwner = {
    advanced: wakeAll,
    rolledBack() {
      producers = producers.rolledBack(log.recovered);
    },
    producers: (through) => producers.snapshot(through),
  };

  const log = await store.open({ topicId, index: index as Log["partition"]["index"] }, owner);
  let producers = producerStates(log.recovered, now, () => log.highWatermark);

  return {
    topicId,
    index,
    leaderEpoch,
    log,
    producers: () => producers,
    append(batch, header) {
      const baseOffset = log.endOffset;
      const lastOffset = baseOffset + header.lastOffsetDelta;
      newest = log.append(batch);
      producers.apply({
        baseOffset,
        lastOffset,
        maxTimestamp: header.maxTimestamp,
        producerId: header.producerId,
        producerEpoch: header.producerEpoch,
        baseSequence: header.baseSequence,
        attributes: header.attributes,
      });
      return { baseOffset, durable: newest };
    },
    // Journal groups become durable in order, so waiting for the newest is waiting for this one too.
    durable: (batch) => (batch.lastOffset < log.highWatermark ? DONE : newest),
    endOfEpoch: (epoch) => endOfEpoch(log, epoch),
    waiters,
    deleted: () => gone,
    markDeleted() {
      gone = true;
      wakeAll();
    },
  };
}

function endOfEpoch(log: Log, epoch: number) {
  const { epochs } = log;
  for (let i = epochs.length - 1; i >= 0; i--) {
    const known = epochs[i];
    if (!known || known.epoch > epoch) continue;
    return { epoch: known.epoch, endOffset: epochs[i + 1]?.startOffset ?? log.endOffset };
  }
  return undefined;
}
