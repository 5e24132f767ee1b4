// Extents and rows for the tests of catalogs.
import type { Extent, PartitionRow } from "./catalog.js";

export const extentOf = (baseOffset: number, lastOffset: number, segmentId: number): Extent => ({
  baseOffset,
  lastOffset,
  segmentId,
  position: 4096,
  lengthBytes: (lastOffset - baseOffset + 1) * 100,
  chunkCount: 1,
  crc: 0x1234_5678,
  maxTimestamp: 1_700_000_000_000 + lastOffset,
  recordCount: lastOffset - baseOffset + 1,
});

export const rowOf = (row: Partial<PartitionRow>): PartitionRow => ({
  logStartOffset: 0,
  endOffset: 0,
  sizeBytes: 0,
  epochs: [{ epoch: 0, startOffset: 0 }],
  producers: new Uint8Array(),
  ...row,
});
