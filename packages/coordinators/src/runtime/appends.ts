// Group commit of decisions: the records of many go into one batch, and their answers wait until all that was decided so far is durable.
//
// The first decision's records go at once; what is decided while appends are under way gathers, so no timer is needed. Two are under way
// at a time: the log's own group commit writes one group while it fills the next, and we should be in both.
// Invariant: batches are appended in the order of the decisions, and a decision's records lie in one batch if they fit one.
import { assert } from "@moldau/std";
import { encodedBytes, type InternalLog } from "./internal-log.js";
import type { EncodedEvent, Reply } from "./machine.js";
import type { Occupancy } from "./occupancy.js";

export interface Appends {
  /** What one decision comes to. Answers that need no record are given when all before is durable: perhaps at once. */
  add(records: readonly EncodedEvent[], replies: readonly Reply[]): void;
  /** Resolves when no append is under way and none waits. */
  drained(): Promise<void>;
}

export interface AppendsOptions {
  readonly log: InternalLog;
  /** Counts what is pending here. */
  readonly occupancy: Occupancy;
  readonly deliver: (reply: Reply) => void;
  /** A batch is durable. */
  readonly landed: () => void;
  /** An append failed: nothing may be added any more. Called once; `settled` follows when no append is under way. */
  readonly failed: (error: Error) => void;
  readonly settled: () => void;
}

const UNDER_WAY_AT_MOST = 2;
/** Room for the header of the batch. */
const BATCH_OVERHEAD_BYTES = 128;

interface Batch {
  readonly records: EncodedEvent[];
  readonly replies: Reply[];
  bytes: number;
  durable: boolean;
}

export function batchedAppends({ log, occupancy, deliver, landed, failed, settled }: AppendsOptions): Appends {
  const gathering: Batch[] = [];
  const underWay: Batch[] = [];
  let drainers: (() => void)[] = [];
  let broken = false;
  const capacity = log.maxBatchBytes - BATCH_OVERHEAD_BYTES;

  const submit = () => {
    while (!broken && underWay.length < UNDER_WAY_AT_MOST) {
      const batch = gathering.shift();
      if (!batch) break;
      underWay.push(batch);
      log.append(batch.records).then(
        () => arrived(batch),
        (error: unknown) => lost(batch, error instanceof Error ? error : new Error(String(error))),
      );
    }
    if (underWay.length > 0 || gathering.length > 0) return;
    const waiting = drainers;
    drainers = [];
    for (const drained of waiting) drained();
  };

  const arrived = (batch: Batch) => {
    batch.durable = true;
    if (broken) return gone(batch);
    while (underWay[0]?.durable) {
      const first = underWay.shift();
      assert(first, "a batch was under way");
      occupancy.pendingBytes -= first.bytes;
      landed();
      for (const reply of first.replies) deliver(reply);
    }
    submit();
  };

  const lost = (batch: Batch, error: Error) => {
    if (!broken) {
      broken = true;
      for (const { bytes } of gathering.splice(0)) occupancy.pendingBytes -= bytes;
      failed(error);
    }
    gone(batch);
  };

  const gone = (batch: Batch) => {
    underWay.splice(underWay.indexOf(batch), 1);
    occupancy.pendingBytes -= batch.bytes;
    if (underWay.length > 0) return;
    submit();
    settled();
  };

  const gather = (records: readonly EncodedEvent[], replies: readonly Reply[]) => {
    const bytes = sizeOf(records);
    let open = gathering.at(-1);
    if (!open || open.bytes + bytes > capacity) {
      open = { records: [], replies: [], bytes: 0, durable: false };
      gathering.push(open);
    }
    open.records.push(...records);
    open.replies.push(...replies);
    open.bytes += bytes;
    occupancy.pendingBytes += bytes;
  };

  return {
    add(records, replies) {
      assert(!broken, "nothing is decided after an append has failed");
      if (records.length > 0) {
        gather(records, replies);
        submit();
        return;
      }
      const newest = gathering.at(-1) ?? underWay.at(-1);
      if (newest) newest.replies.push(...replies);
      else for (const reply of replies) deliver(reply);
    },
    drained: () =>
      underWay.length === 0 && gathering.length === 0 ? Promise.resolve() : new Promise((resolve) => void drainers.push(resolve)),
  };
}

function sizeOf(records: readonly EncodedEvent[]): number {
  let bytes = 0;
  for (const record of records) bytes += encodedBytes(record);
  return bytes;
}
