// Whether a batch holds as many records as it says, by their length fields alone: a fraction of what reading them costs.
import { readVarint } from "@moldau/std";
import type { BatchFault } from "./check.js";
import type { BatchHeader } from "./header.js";
import { BATCH_HEADER_BYTES } from "./layout.js";

/** For a batch that `checkBatch` found whole. Compressed ones hide their records and are passed: see `validateRecords`. */
export function checkRecordLengths(bytes: Uint8Array, position: number, header: BatchHeader): BatchFault | undefined {
  if (header.compression !== "none") return undefined;
  const cursor = { bytes, position: position + BATCH_HEADER_BYTES, end: position + header.sizeBytes };
  for (let left = header.recordCount; left > 0; left--) {
    if (cursor.position >= cursor.end) return miscounted(header, "ends before");
    const length = readLength(cursor);
    if (length < 1 || length > cursor.end - cursor.position) return miscounted(header, "ends within");
    cursor.position += length;
  }
  return cursor.position === cursor.end ? undefined : miscounted(header, "goes on behind");
}

/** -1 for what is no varint. */
function readLength(cursor: Parameters<typeof readVarint>[0]): number {
  try {
    return readVarint(cursor);
  } catch {
    return -1;
  }
}

function miscounted({ recordCount }: BatchHeader, how: string): BatchFault {
  return { kind: "count", error: "INVALID_RECORD", message: `the record batch ${how} the last of its ${recordCount} records` };
}
