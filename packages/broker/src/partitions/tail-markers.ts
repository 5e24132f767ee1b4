// What the markers in a log's tail say. Of the batches after the stored snapshot the log knows the headers, and those of COMMIT and ABORT are
// alike: so these few batches are read when the partition is opened.
import { batchBaseOffset, batches, controlType, coordinatorEpoch, records } from "@moldau/records";
import { assert } from "@moldau/std";
import type { BatchFacts, Log } from "@moldau/storage";
import { isControl } from "./producer-state.js";
import type { Marker } from "./transactions.js";

/** What lies before the log's start cannot be read. Nobody reads what was aborted by it either. */
const TRIMMED: Marker = { commit: true, coordinatorEpoch: -1 };

/** By their offsets. Rejects with what reading the log does. */
export async function tailMarkers(log: Log, tail: readonly BatchFacts[]): Promise<ReadonlyMap<number, Marker>> {
  const markers = new Map<number, Marker>();
  for (const facts of tail) {
    if (!isControl(facts)) continue;
    markers.set(facts.baseOffset, facts.baseOffset < log.logStartOffset ? TRIMMED : await readMarker(log, facts));
  }
  return markers;
}

async function readMarker(log: Log, { baseOffset, lastOffset }: BatchFacts): Promise<Marker> {
  const slice = await log.read(baseOffset, { maxBytes: 1, atLeastOne: true, below: lastOffset + 1 });
  try {
    const bytes = Buffer.concat(slice.parts);
    const at = [...batches(bytes)].find((position) => batchBaseOffset(bytes, position) === baseOffset);
    assert(at !== undefined, () => `there is a batch at ${baseOffset}`);
    return markerIn(bytes, at);
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
