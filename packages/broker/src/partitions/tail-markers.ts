// What the markers in a log's tail say. Of the batches after the stored snapshot the log knows the headers, and those of COMMIT and ABORT are
// alike: so they are read when the partition is opened. Where markers lie close together, one read finds many.
import { batchAttributes, batchBaseOffset, batches, controlType, coordinatorEpoch, records } from "@moldau/records";
import { assert } from "@moldau/std";
import type { BatchFacts, Log } from "@moldau/storage";
import { isControl } from "./producer-state.js";
import type { Marker } from "./transactions.js";

/** What lies before the log's start cannot be read. Nobody reads what was aborted by it either. */
const TRIMMED: Marker = { commit: true, coordinatorEpoch: -1 };
/** Of small transactions that is a thousand markers; of large ones it holds one, and costs little more than to read that alone. */
const READ_BYTES = 256 * 1024;

/** By their offsets. Rejects with what reading the log does. */
export async function tailMarkers(log: Log, tail: readonly BatchFacts[]): Promise<ReadonlyMap<number, Marker>> {
  const markers = new Map<number, Marker>();
  for (const facts of tail) {
    const { baseOffset } = facts;
    if (!isControl(facts) || markers.has(baseOffset)) continue;
    if (baseOffset >= log.logStartOffset) await readMarkers(log, baseOffset, markers);
    // Asked last: retention may go on meanwhile.
    if (!markers.has(baseOffset) && baseOffset < log.logStartOffset) markers.set(baseOffset, TRIMMED);
    assert(markers.has(baseOffset), () => `there is a marker at ${baseOffset}`);
  }
  return markers;
}

async function readMarkers(log: Log, from: number, into: Map<number, Marker>): Promise<void> {
  const slice = await log.read(from, { maxBytes: READ_BYTES, atLeastOne: true, below: log.highWatermark });
  try {
    const bytes = Buffer.concat(slice.parts);
    for (const at of batches(bytes)) {
      if (isControl({ attributes: batchAttributes(bytes, at) })) into.set(batchBaseOffset(bytes, at), markerIn(bytes, at));
    }
  } finally {
    slice.release();
  }
}

/** What a control batch says. Throws RecordsError when it is damaged. */
export function markerIn(bytes: Uint8Array, position = 0): Marker {
  const [record] = records(bytes, position);
  assert(record, "a control batch holds a record");
  return { commit: controlType(record) === "COMMIT", coordinatorEpoch: coordinatorEpoch(record) };
}
