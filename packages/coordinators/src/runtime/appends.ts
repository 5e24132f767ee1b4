// Group commit of decisions: the records of many go into one batch, and their answers wait until all that was decided so far is durable.
//
// The first decision's records go at once; what is decided while appends are under way gathers, so no timer is needed. Two are under way
// at a time: the log's own group commit writes one group while it fills the next, and we should be in both. What belongs to transactions
// has batches of its own, in the same order; few others can join those, so they go without waiting.
// Invariant: batches are appended in the order of the decisions, and a decision's records lie in one batch if they fit one and belong to
// one transaction, or to none.
import { assert } from "@moldau/std";
import { type EncodedMarker, encodedBytes, type InternalLog } from "./internal-log.js";
import type { EncodedEvent, Reply, TransactionalProducer, TransactionEnd } from "./machine.js";
import type { Occupancy } from "./occupancy.js";

export interface Appends {
  /** What one decision comes to. Answers that need no record are given when all before is durable: perhaps at once. */
  add(records: readonly (EncodedEvent | EncodedMarker)[], replies: readonly Reply[]): void;
  /** Resolves when no append is under way and none waits. */
  drained(): Promise<void>;
}

export interface AppendsOptions {
  readonly log: InternalLog;
  /** Counts what is pending here. */
  readonly occupancy: Occupancy;
  readonly deliver: (reply: Reply) => void;
  /** The records before this reply are on their way: what is appended to any log from now on is not durable unless they are. */
  readonly underWay: (reply: Reply) => void;
  /** A batch is durable. */
  readonly landed: () => void;
  /** An append failed: nothing may be added any more. Called once; `settled` follows when no append is under way. */
  readonly failed: (error: Error) => void;
  readonly settled: () => void;
}

const UNDER_WAY_AT_MOST = 2;
/** The same for batches of transactions. */
const OF_TRANSACTIONS_AT_MOST = 64;
/** Room for the header of the batch. */
const BATCH_OVERHEAD_BYTES = 128;

interface Batch {
  /** Alone in its batch. */
  readonly marker: TransactionEnd | undefined;
  /** Whose transaction the records are part of. */
  readonly producer: TransactionalProducer | undefined;
  readonly records: EncodedEvent[];
  readonly replies: Reply[];
  bytes: number;
  durable: boolean;
}

export function batchedAppends({ log, occupancy, deliver, underWay: isUnderWay, landed, failed, settled }: AppendsOptions): Appends {
  const gathering: Batch[] = [];
  const underWay: Batch[] = [];
  let drainers: (() => void)[] = [];
  let broken = false;
  const capacity = log.maxBatchBytes - BATCH_OVERHEAD_BYTES;

  const mayGo = ({ marker, producer }: Batch) => underWay.length < (marker || producer ? OF_TRANSACTIONS_AT_MOST : UNDER_WAY_AT_MOST);
  const written = ({ marker, records, producer, replies }: Batch) =>
    marker ? log.appendMarker(marker) : log.append(records, producer, () => replies.forEach(isUnderWay));

  const submit = () => {
    for (let batch = gathering[0]; batch && !broken && mayGo(batch); batch = gathering[0]) {
      gathering.shift();
      underWay.push(batch);
      written(batch).then(
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

  const gather = (encoded: readonly (EncodedEvent | EncodedMarker)[], replies: readonly Reply[]) => {
    let open = gathering.at(-1);
    if (open && open.bytes + sizeOf(encoded) > capacity) open = undefined;
    // One by one: a decision may come to more records than a call takes arguments.
    for (const one of encoded) {
      if (!open || !mayJoin(open, one)) {
        open = emptyBatch(one);
        gathering.push(open);
      }
      if (!("marker" in one)) open.records.push(one);
      const bytes = encodedBytes(one);
      open.bytes += bytes;
      occupancy.pendingBytes += bytes;
    }
    for (const reply of replies) open?.replies.push(reply);
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
      for (const reply of replies) {
        if (newest) newest.replies.push(reply);
        else deliver(reply);
      }
    },
    drained: () =>
      underWay.length === 0 && gathering.length === 0 ? Promise.resolve() : new Promise((resolve) => void drainers.push(resolve)),
  };
}

const emptyBatch = (first: EncodedEvent | EncodedMarker): Batch => ({
  marker: "marker" in first ? first.marker : undefined,
  producer: "marker" in first ? undefined : first.producer,
  records: [],
  replies: [],
  bytes: 0,
  durable: false,
});

function mayJoin({ marker, producer }: Batch, one: EncodedEvent | EncodedMarker): boolean {
  if (marker || "marker" in one) return false;
  return producer?.id === one.producer?.id && producer?.epoch === one.producer?.epoch;
}

function sizeOf(encoded: readonly (EncodedEvent | EncodedMarker)[]): number {
  let bytes = 0;
  for (const one of encoded) bytes += encodedBytes(one);
  return bytes;
}
