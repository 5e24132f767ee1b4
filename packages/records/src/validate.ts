// The rules for records that a topic's configuration makes: keys where it is compacted, timestamps within bounds. Most batches are
// judged by their header; the others are decompressed and skimmed, without making objects of their records.
import { readVarint, readVarlong, type VarintCursor } from "@moldau/std";
import type { FaultError } from "./check.js";
import { RecordsError } from "./errors.js";
import { type BatchHeader, readBatchHeader, type TimestampType } from "./header.js";
import { asRecordsError, closeRecords, openRecords } from "./iterate.js";
import { ABSENT } from "./layout.js";
import { readHeaderCount, readRecordEnd } from "./record.js";

export interface RecordRules {
  /** The topic's message.timestamp.type: bounds are for CreateTime alone. */
  readonly timestampType: TimestampType;
  readonly nowMs: number;
  /** message.timestamp.before.max.ms; Infinity for no bound. */
  readonly timestampBeforeMaxMs: number;
  /** message.timestamp.after.max.ms; Infinity for no bound. */
  readonly timestampAfterMaxMs: number;
  /** Whether cleanup.policy includes compact. */
  readonly keysRequired: boolean;
  /** Default 128 MiB. */
  readonly maxDecompressedBytes?: number;
}

/** One record that breaks a rule. */
export interface RecordError {
  /** Position of the record in its batch. */
  readonly batchIndex: number;
  readonly message: string;
}

/** Why a batch is refused: for the records listed, or, when none is, because they cannot be read. */
export interface RecordsFault {
  readonly error: FaultError;
  readonly message: string;
  readonly recordErrors: readonly RecordError[];
}

/** A refusal names this many records at most. */
const RECORD_ERRORS_MAX = 100;

/** Whether the header leaves open if the rules hold, so that `validateRecords` must look at the records. */
export function needsRecordValidation(header: BatchHeader, rules: RecordRules): boolean {
  if (rules.keysRequired) return true;
  if (rules.timestampType === "LogAppendTime") return false;
  return rules.timestampBeforeMaxMs < rules.nowMs || header.maxTimestamp > rules.nowMs + rules.timestampAfterMaxMs;
}

/** Checks every record of the batch at `position`: undefined, or why it is refused. Never throws for what a producer sent. */
export function validateRecords(bytes: Uint8Array, position: number, rules: RecordRules): RecordsFault | undefined {
  try {
    const header = readBatchHeader(bytes, position);
    return skimRecords(openRecords(bytes, position, header, rules.maxDecompressedBytes), header, rules);
  } catch (thrown) {
    const cause = asRecordsError(thrown);
    if (!(cause instanceof RecordsError)) throw cause;
    return { error: "INVALID_RECORD", message: cause.message, recordErrors: [] };
  }
}

function skimRecords(cursor: VarintCursor, header: BatchHeader, rules: RecordRules): RecordsFault | undefined {
  const recordErrors: RecordError[] = [];
  let error: FaultError = "INVALID_RECORD";
  for (let batchIndex = 0; batchIndex < header.recordCount; batchIndex++) {
    const { hasKey, timestamp } = skimRecord(cursor, header, batchIndex);
    const timely = isTimely(timestamp, rules);
    if (timely && (hasKey || !rules.keysRequired)) continue;
    if (!timely) error = "INVALID_TIMESTAMP";
    const message = timely ? "a compacted topic needs keys" : `timestamp ${timestamp} is not within ${boundsOf(rules)}`;
    if (recordErrors.length < RECORD_ERRORS_MAX) recordErrors.push({ batchIndex, message });
  }
  closeRecords(cursor);
  if (recordErrors.length === 0) return undefined;
  return { error, message: `records were refused, the first because ${recordErrors[0]?.message}`, recordErrors };
}

function isTimely(timestamp: number, rules: RecordRules): boolean {
  if (rules.timestampType === "LogAppendTime" || timestamp === ABSENT) return true;
  return rules.nowMs - timestamp <= rules.timestampBeforeMaxMs && timestamp - rules.nowMs <= rules.timestampAfterMaxMs;
}

const boundsOf = ({ nowMs, timestampBeforeMaxMs, timestampAfterMaxMs }: RecordRules): string =>
  `[${nowMs - timestampBeforeMaxMs}, ${nowMs + timestampAfterMaxMs}]`;

/** Passes over one record, and sees to it that its lengths and its offset are right. */
function skimRecord(
  cursor: VarintCursor,
  header: BatchHeader,
  batchIndex: number,
): { readonly hasKey: boolean; readonly timestamp: number } {
  const end = readRecordEnd(cursor);
  cursor.position++;
  const timestamp = header.baseTimestamp + readVarlong(cursor);
  const offsetDelta = readVarint(cursor);
  if (offsetDelta !== batchIndex) throw new RecordsError(`record ${batchIndex} of the batch has the offset delta ${offsetDelta}`);
  const hasKey = skipBytes(cursor, end);
  skipBytes(cursor, end);
  for (let left = readHeaderCount(cursor, end); left > 0; left--) {
    if (!skipBytes(cursor, end)) throw new RecordsError("a header has no key");
    skipBytes(cursor, end);
  }
  if (cursor.position !== end) throw new RecordsError("a record's length is not that of its fields");
  return { hasKey, timestamp };
}

/** Passes over a key or value; false when it is null. */
function skipBytes(cursor: VarintCursor, end: number): boolean {
  const length = readVarint(cursor);
  if (length < 0) return false;
  if (length > end - cursor.position) throw new RecordsError("a key or value passes its record's end");
  cursor.position += length;
  return true;
}
