// The table of contents of the group that is being filled: kept aside until the group closes, in memory used again for the next.
import { BATCH_HEADER_BYTES } from "@moldau/records";
import type { PartitionId } from "@moldau/std";
import { BATCH_HEADER_AT, encodedPartition, LENGTH_AT, POSITION_AT, TOC_ENTRY_BYTES } from "./group.js";

const FIRST_ENTRIES = 256;

export interface TocBuilder {
  readonly entryCount: number;
  /** Adds the batch whose first byte lies at `position` of the group. */
  add(partition: PartitionId, batch: Uint8Array, position: number): void;
  /** Moves the table to `position` of a group, and is empty again. */
  moveTo(group: Uint8Array, position: number): void;
  clear(): void;
}

export function tocBuilder(): TocBuilder {
  let bytes = new Uint8Array(FIRST_ENTRIES * TOC_ENTRY_BYTES);
  let fields = new DataView(bytes.buffer);
  let entryCount = 0;

  const grow = (): void => {
    const larger = new Uint8Array(bytes.length * 2);
    larger.set(bytes);
    bytes = larger;
    fields = new DataView(bytes.buffer);
  };

  return {
    get entryCount() {
      return entryCount;
    },
    add: (partition, batch, position) => {
      const at = entryCount * TOC_ENTRY_BYTES;
      if (at === bytes.length) grow();
      bytes.set(encodedPartition(partition), at);
      fields.setUint32(at + POSITION_AT, position, true);
      fields.setUint32(at + LENGTH_AT, batch.length, true);
      bytes.set(batch.subarray(0, BATCH_HEADER_BYTES), at + BATCH_HEADER_AT);
      entryCount++;
    },
    moveTo: (group, position) => {
      group.set(bytes.subarray(0, entryCount * TOC_ENTRY_BYTES), position);
      entryCount = 0;
    },
    clear: () => {
      entryCount = 0;
    },
  };
}
