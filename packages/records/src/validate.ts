// Whether records can be read, and obey the rules that a topic's configuration makes: keys where it is compacted, timestamps within
// bounds. Batches are decompressed and skimmed, without making objects of their records: 30 to 50 ns a record.
import { readVarint, readVarlong, type VarintCursor } from "@moldau/std";
import type { FaultError } from "./check.js";
import { RecordsError } from "./errors.js";
import { type BatchHeader, readBatchHeader } from "./header.js";
import { asRecordsError, closeRecords, openRecords } from "./iterate.js";
import { ABSENT } from "./layout.js";
import { readHeaderCount, readRecordEnd } from "./record.js";

export interface RecordRules {
  /** Whether cleanup.policy includes compact. */
  readonly keysRequired: boolean;
  /** Milliseconds since the epoch, inclusive; no bound when absent. Records without a timestamp are not measured by either. */
  readonly earliestTimestamp?: number;
  readonly latestTimestamp?: number;
  /** Default 128 MiB. */
  readonly maxDecompressedBytes?: number;
}

/** Why one record cannot be stored. */
export interface RecordFault {
  /** Position of the record in its batch. */
  readonly batchIndex: number;
  readonly error: FaultError;
  readonly message: string;
}

/** An answer names this many records at most. */
const FAULTS_MAX = 100;

/**
 * Reads every record of the batch at `position`, which `checkBatch` found whole, and holds it against the rules: the faults in the
 * order of their records, at most 100. Where records cannot be read, the first that cannot is the last one reported.
 */
export function validateRecords(bytes: Uint8Array, position: number, rules: RecordRules): readonly RecordFault[] {
  const faults: RecordFault[] = [];
  const header = readBatchHeader(bytes, position);
  let batchIndex = 0;
  try {
    const cursor = openRecords(bytes, position, header, rules.maxDecompressedBytes);
    for (; batchIndex < header.recordCount && faults.length < FAULTS_MAX; batchIndex++) {
      const fault = skimRecord(cursor, header, batchIndex, rules);
      if (fault) faults.push(fault);
    }
    if (batchIndex === header.recordCount) closeRecords(cursor);
  } catch (thrown) {
    const cause = asRecordsError(thrown);
    if (!(cause instanceof RecordsError)) throw cause;
    faults.push({ batchIndex, error: "INVALID_RECORD", message: cause.message });
  }
  return faults;
}

/** Passes over one record: throws where it is damaged, returns the rule it breaks. */
function skimRecord(cursor: VarintCursor, header: BatchHeader, batchIndex: number, rules: RecordRules): RecordFault | undefined {
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
  if (rules.keysRequired && !hasKey) return { batchIndex, error: "INVALID_RECORD", message: "a compacted topic needs keys" };
  return checkTimestamp(timestamp, batchIndex, rules);
}

function checkTimestamp(timestamp: number, batchIndex: number, rules: RecordRules): RecordFault | undefined {
  const { earliestTimestamp = -Infinity, latestTimestamp = Infinity } = rules;
  if (timestamp === ABSENT || (timestamp >= earliestTimestamp && timestamp <= latestTimestamp)) return undefined;
  const message = `timestamp ${timestamp} is not within [${earliestTimestamp}, ${latestTimestamp}]`;
  return { batchIndex, error: "INVALID_TIMESTAMP", message };
}

/** Passes over a key or value; false when it is null. */
function skipBytes(cursor: VarintCursor, end: number): boolean {
  const length = readVarint(cursor);
  if (length < 0) return false;
  if (length > end - cursor.position) throw new RecordsError("a key or value passes its record's end");
  cursor.position += length;
  return true;
}
