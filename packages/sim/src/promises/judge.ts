// A log held against what clients were promised: the invariants of storage, as clients can check them.
import type { End } from "../world/world.js";
import type { LogBook, SeenRecord, SentBatch } from "./log-book.js";
import { batchOf, producerOf, recordName, sayRecord } from "./record-name.js";

export interface FoundLog {
  readonly logStartOffset: number;
  /** Everything from the log start to the high watermark. */
  readonly records: readonly SeenRecord[];
}

/** What is wrong, in sentences; empty when nothing is. `ends` are how brokers ended, in order. */
export function judge(book: LogBook, log: FoundLog, ends: readonly End[]): readonly string[] {
  const wrong = [...startsWrongly(book, log), ...holes(log), ...missing(book, log, ends), ...changed(book, log), ...misplaced(book, log)];
  return wrong.map((sentence) => `${book.title}: ${sentence}`);
}

function startsWrongly(book: LogBook, log: FoundLog): string[] {
  const { trimAsked, trimDone, keepsBytes } = book;
  const { logStartOffset } = log;
  if (logStartOffset < trimDone) return [`records below ${trimDone} were deleted, but the log begins at ${logStartOffset}`];
  if (logStartOffset <= trimAsked) return [];
  if (keepsBytes === undefined) return [`the log begins at ${logStartOffset}, which nobody asked for`];
  const keptBytes = bytesOf(book, log);
  return keptBytes < keepsBytes ? [`retention is to keep ${keepsBytes} bytes, and from ${logStartOffset} on there are ${keptBytes}`] : [];
}

/** Records take equal parts of their batches. */
function bytesOf({ sentBatches }: LogBook, { records }: FoundLog): number {
  let sum = 0;
  for (const { name } of records) {
    const batch = sentBatches.get(batchOf(name));
    if (batch) sum += batch.bytes.length / batch.timestamps.length;
  }
  return Math.round(sum);
}

function holes({ logStartOffset, records }: FoundLog): string[] {
  const at = records.findIndex(({ offset }, i) => offset !== logStartOffset + i);
  return at < 0 ? [] : [`offset ${records[at]?.offset} follows ${logStartOffset + at - 1}`];
}

function missing({ promises }: LogBook, { logStartOffset, records }: FoundLog, ends: readonly End[]): string[] {
  for (const { batch, baseOffset, atMs } of promises) {
    for (let place = 0; place < batch.timestamps.length; place++) {
      const offset = baseOffset + place;
      const found = records[offset - logStartOffset];
      const name = recordName(batch.name, place);
      if (offset < logStartOffset || found?.name === name) continue;
      const end = ends.find((one) => one.atMs >= atMs);
      return [
        `${sayRecord(name)}, acknowledged at offset ${offset} at ${atMs.toFixed(1)} ms, is ${found ? `not there: ${sayRecord(found.name)} is` : "absent"}` +
          (end ? ` after the ${end.how} at ${end.atMs.toFixed(1)} ms` : ", though the broker went on"),
      ];
    }
  }
  return [];
}

function changed({ seen }: LogBook, { logStartOffset, records }: FoundLog): string[] {
  for (let offset = logStartOffset; offset < seen.length; offset++) {
    const before = seen[offset];
    const found = records[offset - logStartOffset];
    if (before === undefined || before === found?.name) continue;
    return [`a reader saw ${sayRecord(before)} at offset ${offset}, where now ${found ? sayRecord(found.name) : "nothing"} is`];
  }
  return [];
}

/** Batches are there whole, were sent, and of idempotent producers once and in order. */
function misplaced(book: LogBook, { logStartOffset, records }: FoundLog): string[] {
  const newest = new Map<number, number>();
  for (let i = 0; i < records.length; ) {
    const first = records[i] as SeenRecord;
    const batch = book.sentBatches.get(batchOf(first.name));
    if (!batch) return [`${sayRecord(first.name)} at offset ${first.offset} was never sent there`];
    // Records may have been deleted up to the middle of a batch.
    const cut = first.offset === logStartOffset ? first.name - recordName(batch.name, 0) : 0;
    const broken = brokenAt(batch, cut, records, i);
    if (broken !== undefined) return [`at offset ${broken} is not the rest of the batch of ${sayRecord(first.name)}`];
    i += batch.timestamps.length - cut;
    const before = newest.get(producerOf(batch.name));
    if (batch.idempotent && before !== undefined && before >= batch.name) {
      return [`${sayRecord(first.name)} at offset ${first.offset} comes after ${sayRecord(recordName(before, 0))}`];
    }
    newest.set(producerOf(batch.name), batch.name);
  }
  return [];
}

/** The offset where the batch is not what was sent. */
function brokenAt(batch: SentBatch, cut: number, records: readonly SeenRecord[], from: number): number | undefined {
  for (let place = cut; place < batch.timestamps.length; place++) {
    const found = records[from + place - cut];
    if (found?.name !== recordName(batch.name, place) || found.timestamp !== batch.timestamps[place]) {
      return (records[from]?.offset ?? 0) + place - cut;
    }
  }
  return undefined;
}
