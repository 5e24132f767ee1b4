// Encoded groups for tests that write to a journal themselves.
import type { Disk } from "@moldau/env";
import { GROUP_HEADER_BYTES, type GroupIdentity, groupLength, tocPosition, writeGroupHeader } from "../group.js";
import type { GroupSequence } from "../journal.js";
import { tocBuilder } from "../toc-builder.js";
import { batchOf, partitionOf } from "./journal-fixture.js";

export interface GroupOptions {
  readonly durableThrough?: GroupSequence;
  /** Bytes of records in each batch. */
  readonly batchBytes?: readonly number[];
}

/** A group in memory that direct writes accept. Its batches say its sequence, so that no two groups are alike. */
export function groupOf(disk: Disk, identity: GroupIdentity, sequence: GroupSequence, options: GroupOptions = {}): Uint8Array {
  const { durableThrough = sequence - 1, batchBytes = [100] } = options;
  const batches = batchBytes.map((bytes, index) => batchOf({ baseOffset: sequence * 1000 + index, bytes, fill: sequence % 256 }));
  const batchesEnd = batches.reduce((sum, batch) => sum + batch.length, GROUP_HEADER_BYTES);
  const lengthBytes = groupLength(batchesEnd, batches.length);
  const group = disk.alignedMemory(lengthBytes);
  const toc = tocBuilder();
  let at = GROUP_HEADER_BYTES;
  for (const [index, batch] of batches.entries()) {
    group.set(batch, at);
    toc.add(partitionOf(index), batch, at);
    at += batch.length;
  }
  toc.moveTo(group, tocPosition(batchesEnd));
  const header = { sequence, durableThrough, entryCount: batches.length, tocPosition: tocPosition(batchesEnd), lengthBytes };
  writeGroupHeader(group, identity, header, batchesEnd);
  return group;
}
