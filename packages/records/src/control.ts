// Control records: what brokers write among the records of a partition, and consumers skip. Of them, the markers that end transactions.
//
//   key                     version: int16 = 0 | type: int16
//   value of ABORT, COMMIT  version: int16 = 0 | coordinatorEpoch: int32

import { buildBatch } from "./build.js";
import { readInt16, readInt32, writeInt16, writeInt32 } from "./bytes.js";
import { RecordsError } from "./errors.js";
import type { Record } from "./record.js";

const CONTROL_TYPES = ["ABORT", "COMMIT", "LEADER_CHANGE", "SNAPSHOT_HEADER", "SNAPSHOT_FOOTER", "KRAFT_VERSION", "KRAFT_VOTERS"] as const;

export type ControlType = (typeof CONTROL_TYPES)[number];

const VERSION = 0;
const KEY_BYTES = 4;
const MARKER_BYTES = 6;

export interface EndTransaction {
  readonly type: "COMMIT" | "ABORT";
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly coordinatorEpoch: number;
  readonly timestamp: number;
  /** Default 0. */
  readonly baseOffset?: number;
  /** Default -1. */
  readonly leaderEpoch?: number;
}

/** A batch of the one record that ends a transaction in a partition. */
export function controlBatch({ type, coordinatorEpoch, timestamp, ...batch }: EndTransaction): Uint8Array {
  const key = new Uint8Array(KEY_BYTES);
  writeInt16(key, 0, VERSION);
  writeInt16(key, 2, CONTROL_TYPES.indexOf(type));
  const value = new Uint8Array(MARKER_BYTES);
  writeInt16(value, 0, VERSION);
  writeInt32(value, 2, coordinatorEpoch);
  return buildBatch({ ...batch, records: [{ key, value, timestamp }], transactional: true, control: true });
}

/** What a control record says; undefined for types that are not known, which are to be skipped. Throws RecordsError without a key. */
export function controlType(record: Pick<Record, "key">): ControlType | undefined {
  if (!record.key || record.key.length < KEY_BYTES) throw new RecordsError("a control record has no type");
  return CONTROL_TYPES[readInt16(record.key, 2)];
}

/** The epoch of the transaction coordinator that wrote an ABORT or COMMIT. Throws RecordsError when its value is cut off. */
export function coordinatorEpoch(record: Pick<Record, "value">): number {
  if (!record.value || record.value.length < MARKER_BYTES) throw new RecordsError("the marker of a transaction's end is cut off");
  return readInt32(record.value, 2);
}
