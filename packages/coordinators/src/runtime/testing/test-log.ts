// An internal log in memory whose appends become durable, or fail, when the test says so; and a crash in between.
import { buildBatch, controlBatch } from "@moldau/records";
import type { InternalLog } from "../internal-log.js";
import type { EncodedEvent } from "../machine.js";

export interface TestLog extends InternalLog {
  /** Batches that are durable. */
  readonly durable: Uint8Array[];
  /** Records of each append under way, oldest first. */
  readonly underWay: readonly (readonly EncodedEvent[])[];
  /** The oldest append under way becomes durable. */
  land(): void;
  /** All that are under way, and those that follow from that, until none is. */
  landAll(): Promise<void>;
  /** All that are under way fail. */
  fail(): void;
  /** From now on appends land by themselves. */
  landing: boolean;
  /** Reads fail while set. */
  unreadable: boolean;
  reads: number;
}

interface UnderWay {
  readonly records: readonly EncodedEvent[];
  readonly batch: Uint8Array;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

const MAX_BATCH_BYTES = 4_096;

export function testLog(durable: Uint8Array[] = []): TestLog {
  const underWay: UnderWay[] = [];
  const submit = (records: readonly EncodedEvent[], batch: Uint8Array) =>
    new Promise<void>((resolve, reject) => {
      underWay.push({ records, batch, resolve, reject });
      if (log.landing) log.land();
    });
  const log: TestLog = {
    durable,
    landing: false,
    unreadable: false,
    reads: 0,
    maxBatchBytes: MAX_BATCH_BYTES,
    maxRecordBytes: MAX_BATCH_BYTES,
    get underWay() {
      return underWay.map(({ records }) => records);
    },
    isEmpty: async () => durable.length === 0,
    async *read() {
      log.reads++;
      if (log.unreadable) throw new Error("the log cannot be read");
      for (const batch of [...durable]) yield batch;
    },
    append(records, producer) {
      const ofTransaction = producer && { producerId: producer.id, producerEpoch: producer.epoch, transactional: true };
      return submit(records, buildBatch({ records: records.map(({ key, value }) => ({ key, value })), ...ofTransaction }));
    },
    appendMarker: ({ commit, ...end }) => submit([], controlBatch({ type: commit ? "COMMIT" : "ABORT", timestamp: -1, ...end })),
    land() {
      const oldest = underWay.shift();
      if (!oldest) throw new Error("no append is under way");
      durable.push(oldest.batch);
      oldest.resolve();
    },
    async landAll() {
      while (underWay.length > 0) {
        log.land();
        await turn();
      }
    },
    fail() {
      for (const { reject } of underWay.splice(0)) reject(new Error("the disk is full"));
    },
  };
  return log;
}

/** Lets everything happen that promises set off. */
export async function turn(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}
