// A journal group: what one write made durable, whole or not at all.
//
//   0                  64                        toc position                     group length = 4096·n
//   ┌──────────────────┬─────────┬─────────┬───┬───┬────────────┬────────────┬───┬─────────┐
//   │ header           │ batch   │ batch   │ … │ ░ │ toc entry  │ toc entry  │ … │ padding │
//   └──────────────────┴─────────┴─────────┴───┴───┴────────────┴────────────┴───┴─────────┘
//   header
//   0       4        6      8         12       16          24          32               40            44             48      60
//   ┌───────┬────────┬──────┬─────────┬────────┬───────────┬───────────┬────────────────┬─────────────┬──────────────┬───────┬────────┐
//   │ magic │ format │ zero │ broker  │ number │ journal   │ sequence  │ durable        │ toc         │ group length │ zero  │ crc32c │
//   │       │        │      │ id      │ of toc │ id        │           │ through        │ position    │              │       │        │
//   └───────┴────────┴──────┴─────────┴────────┴───────────┴───────────┴────────────────┴─────────────┴──────────────┴───────┴────────┘
//   toc entry, one per batch, at multiples of 8
//   0           16          20         24       28                      89     96
//   ┌───────────┬───────────┬──────────┬────────┬───────────────────────┬──────┐
//   │ topic id  │ partition │ position │ length │ the batch's header    │ zero │
//   └───────────┴───────────┴──────────┴────────┴───────────────────────┴──────┘
//
// The table of contents follows the batches, for its size is known only when the group closes. The crc covers the header and the
// table; each batch is covered by its own crc32c and by the copy of its header in the table: no byte is summed twice.
// `durable through` is the sequence through which everything was durable when the group was written. A group found behind a broken
// one says by it whether that was ever acknowledged. A group without batches is a seal: it is written to say just that.
// Integers are little-endian; the batches inside keep Kafka's form.
import { PAGE_BYTES } from "@moldau/env";
import { crc32c, type PartitionId, UUID_BYTES, uuidBytes } from "@moldau/std";
import type { GroupSequence } from "./journal.js";

const MAGIC = 0x474c4f4d;
const FORMAT = 1;
export const GROUP_HEADER_BYTES = 64;
export const TOC_ENTRY_BYTES = 96;
export const TOC_ALIGNMENT = 8;
/** Where a toc entry's parts are. */
export const PARTITION_AT = 16;
export const POSITION_AT = 20;
export const LENGTH_AT = 24;
export const BATCH_HEADER_AT = 28;
const CRC_AT = 60;
/** A topic id and a partition, as a toc entry begins. */
export const PARTITION_BYTES = UUID_BYTES + 4;

/** Whose groups these are. Groups of another identity are foreign bytes. */
export interface GroupIdentity {
  readonly brokerId: number;
  /** 16 hexadecimal digits, drawn when the journal was made. */
  readonly journalId: string;
}

export interface GroupHeader {
  readonly sequence: GroupSequence;
  readonly durableThrough: GroupSequence;
  readonly entryCount: number;
  readonly tocPosition: number;
  readonly lengthBytes: number;
}

/** Where the table of contents begins when the batches end at `batchesEnd`. */
export const tocPosition = (batchesEnd: number): number => Math.ceil(batchesEnd / TOC_ALIGNMENT) * TOC_ALIGNMENT;

/** Length of a group whose batches end at `batchesEnd`, positions counted from the group's first byte. */
export const groupLength = (batchesEnd: number, entryCount: number): number =>
  Math.ceil((tocPosition(batchesEnd) + entryCount * TOC_ENTRY_BYTES) / PAGE_BYTES) * PAGE_BYTES;

const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const encodedPartitions = new WeakMap<PartitionId, Uint8Array>();

/** The first bytes of the partition's toc entries; kept for as long as the caller keeps `partition`. */
export function encodedPartition(partition: PartitionId): Uint8Array {
  const known = encodedPartitions.get(partition);
  if (known) return known;
  const bytes = new Uint8Array(PARTITION_BYTES);
  bytes.set(uuidBytes(partition.topicId));
  view(bytes).setInt32(PARTITION_AT, partition.index, true);
  encodedPartitions.set(partition, bytes);
  return bytes;
}

/** Completes a group that holds its batches and its table of contents: header, crc, and zeros in what nobody wrote. */
export function writeGroupHeader(group: Uint8Array, { brokerId, journalId }: GroupIdentity, header: GroupHeader, batchesEnd: number): void {
  const { sequence, durableThrough, entryCount, tocPosition, lengthBytes } = header;
  const tocEnd = tocPosition + entryCount * TOC_ENTRY_BYTES;
  group.fill(0, 0, GROUP_HEADER_BYTES);
  group.fill(0, batchesEnd, tocPosition);
  group.fill(0, tocEnd, lengthBytes);
  const fields = view(group);
  fields.setUint32(0, MAGIC, true);
  fields.setUint16(4, FORMAT, true);
  fields.setInt32(8, brokerId, true);
  fields.setUint32(12, entryCount, true);
  fields.setBigUint64(16, BigInt(`0x${journalId}`), true);
  fields.setBigUint64(24, BigInt(sequence), true);
  fields.setBigUint64(32, BigInt(durableThrough), true);
  fields.setUint32(40, tocPosition, true);
  fields.setUint32(44, lengthBytes, true);
  fields.setUint32(CRC_AT, crcOf(group, tocPosition, tocEnd), true);
}

/** Whose group begins at the start of `bytes`, if one of any identity does. */
export function groupIdentity(bytes: Uint8Array): GroupIdentity | undefined {
  const fields = view(bytes);
  const journalId = fields.getBigUint64(16, true).toString(16).padStart(16, "0");
  const identity = { brokerId: fields.getInt32(8, true), journalId };
  return readGroupHeader(bytes, identity) && identity;
}

/**
 * The header at the start of `bytes` (at least GROUP_HEADER_BYTES), if it is one of ours and makes sense. Whether it is whole is
 * for `headerIntact` to say, which needs the table of contents.
 */
export function readGroupHeader(bytes: Uint8Array, { brokerId, journalId }: GroupIdentity): GroupHeader | undefined {
  const fields = view(bytes);
  if (fields.getUint32(0, true) !== MAGIC || fields.getUint16(4, true) !== FORMAT || fields.getInt32(8, true) !== brokerId)
    return undefined;
  if (fields.getBigUint64(16, true) !== BigInt(`0x${journalId}`)) return undefined;
  const header = {
    entryCount: fields.getUint32(12, true),
    sequence: Number(fields.getBigUint64(24, true)),
    durableThrough: Number(fields.getBigUint64(32, true)),
    tocPosition: fields.getUint32(40, true),
    lengthBytes: fields.getUint32(44, true),
  };
  const tocEnd = header.tocPosition + header.entryCount * TOC_ENTRY_BYTES;
  const sound = header.tocPosition >= GROUP_HEADER_BYTES && Math.ceil(tocEnd / PAGE_BYTES) * PAGE_BYTES === header.lengthBytes;
  return sound && header.durableThrough < header.sequence ? header : undefined;
}

/** Whether header and table of contents of a whole group are what was written. */
export function headerIntact(group: Uint8Array, { tocPosition, entryCount }: GroupHeader): boolean {
  return view(group).getUint32(CRC_AT, true) === crcOf(group, tocPosition, tocPosition + entryCount * TOC_ENTRY_BYTES);
}

const crcOf = (group: Uint8Array, tocPosition: number, tocEnd: number): number =>
  crc32c(group.subarray(tocPosition, tocEnd), crc32c(group.subarray(0, CRC_AT)));

/** Where the table of contents of an intact group is. */
export function tocExtent(group: Uint8Array): { readonly position: number; readonly entryCount: number } {
  const fields = view(group);
  return { position: fields.getUint32(40, true), entryCount: fields.getUint32(12, true) };
}
