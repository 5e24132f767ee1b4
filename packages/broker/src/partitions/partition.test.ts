// What a partition tells its log, and hears from it, when the log is compacted.
import { systemClock } from "@moldau/env";
import { buildBatch, controlBatch, patchBatch, readBatchHeader } from "@moldau/records";
import { partitionIndex, topicId } from "@moldau/std";
import type { Log, LogOwner } from "@moldau/storage";
import { expect, it } from "vitest";
import { openPartition } from "./partition.js";
import { producerStates } from "./producer-state.js";

const EMPTY = { producers: new Uint8Array(0), producersThrough: 0, tail: [] };

it("an aborted transaction is forgotten in the snapshot of the compaction that took its records, and here when that is done", async () => {
  let owner: LogOwner | undefined;
  let end = 0;
  const log = {
    partition: { topicId: topicId("t"), index: partitionIndex(0) },
    recovered: EMPTY,
    logStartOffset: 0,
    get endOffset() {
      return end;
    },
    get highWatermark() {
      return end;
    },
    append: async (batch: Uint8Array) => {
      end += readBatchHeader(batch, 0).lastOffsetDelta + 1;
    },
  } as unknown as Log;
  const own = (given: LogOwner) => {
    owner = given;
  };
  const partition = await openPartition({ log, own }, systemClock, 0);
  for (const producerId of [7, 8]) {
    const of = { producerId, producerEpoch: 0, baseSequence: 0, transactional: true };
    const abort = { type: "ABORT", producerId, producerEpoch: 0, coordinatorEpoch: 1, timestamp: 0 } as const;
    for (const batch of [buildBatch({ ...of, records: [{ value: null }] }), controlBatch(abort)]) {
      const header = readBatchHeader(batch, 0);
      patchBatch(batch, 0, { baseOffset: end, leaderEpoch: 0 });
      partition.append(batch, header);
    }
  }
  const ofProducer = (producers: Uint8Array) => {
    const states = producerStates(
      { ...EMPTY, producers, producersThrough: end },
      () => 0,
      () => log,
    );
    return states.transactions.abortedWithin(0, () => end).map(({ producerId }) => producerId);
  };
  const told = () =>
    partition
      .producers()
      .transactions.abortedWithin(0, () => end)
      .map(({ producerId }) => producerId);

  expect(ofProducer(owner?.producers(end, 2) ?? EMPTY.producers)).toEqual([8]);
  expect([told(), partition.compactions()]).toEqual([[7, 8], 0]);
  owner?.cleaned(2);
  expect([told(), partition.compactions()]).toEqual([[8], 1]);
  expect(ofProducer(owner?.producers(end) ?? EMPTY.producers)).toEqual([8]);
  owner?.cleaned(4);
  expect([told(), partition.compactions()]).toEqual([[], 2]);
});
