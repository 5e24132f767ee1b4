// Keys of the catalog's rows: one ordered tree, so the first byte says what a row is.
//
//   01 │ name                                       a setting: format, consolidated through, segment ids, cluster log version
//   02 │ topic id (16) │ partition (4)              a partition's row
//   03 │ topic id (16) │ partition (4) │ last (8)   an extent, by its last offset: the one that holds an offset is one seek away
//   04 │ segment id (8)                             how many extents refer to a segment
//   05 │ version (8)                                an event of the cluster log
//   06                                              the cluster log's snapshot
//   07 │ topic id (16) │ partition (4)              how far a partition was compacted
//
// Integers are big-endian, for their order is the tree's. Topics' partitions stand together, and so do a partition's extents.
import { type PartitionId, readInt53BE, type TopicId, topicId, UUID_BYTES, uuidText, writeInt53BE } from "@moldau/std";

const SETTING = 1;
const PARTITION = 2;
const EXTENT = 3;
const SEGMENT = 4;
const EVENT = 5;
const SNAPSHOT = 6;
const CLEANED = 7;

/** What a row is, by its key. */
export function kindOf(key: Uint8Array): "partition" | "extent" | "segment" | "event" | "other" {
  if (key[0] === PARTITION) return "partition";
  if (key[0] === EXTENT) return "extent";
  if (key[0] === SEGMENT) return "segment";
  return key[0] === EVENT ? "event" : "other";
}

const PARTITION_KEY_BYTES = 1 + UUID_BYTES + 4;
const INT_BYTES = 8;

export const settingKey = (name: string): Buffer => Buffer.concat([Buffer.of(SETTING), Buffer.from(name)]);
export const SNAPSHOT_KEY = Buffer.of(SNAPSHOT);

export const partitionRowKey = (partition: PartitionId): Buffer => withPartition(PARTITION, partition, 0);
export const cleanedKey = (partition: PartitionId): Buffer => withPartition(CLEANED, partition, 0);
export const segmentKeyOf = (segmentId: number): Buffer => numbered(SEGMENT, segmentId);
export const eventKey = (version: number): Buffer => numbered(EVENT, version);

export function extentKey(partition: PartitionId, lastOffset: number): Buffer {
  const key = withPartition(EXTENT, partition, INT_BYTES);
  writeInt53BE(key, PARTITION_KEY_BYTES, lastOffset);
  return key;
}

export const lastOffsetOf = (key: Uint8Array): number => readInt53BE(key, PARTITION_KEY_BYTES);
export const segmentIdOf = (key: Uint8Array): number => readInt53BE(key, 1);
export const versionOf = (key: Uint8Array): number => readInt53BE(key, 1);

/** Just after the last extent that a partition can have. */
export const extentsEnd = (partition: PartitionId): Buffer => Buffer.concat([extentKey(partition, Number.MAX_SAFE_INTEGER), Buffer.of(0)]);

/** Just after the last row that a topic can have; without a topic, the first of all. */
export function topicRowsAfter(topic: TopicId | undefined): Buffer {
  if (topic === undefined) return Buffer.of(PARTITION);
  const key = Buffer.alloc(PARTITION_KEY_BYTES + 1, 0xff);
  key[0] = PARTITION;
  key.write(topic, 1, UUID_BYTES, "base64url");
  return key;
}

export const TOPIC_ROWS_END = Buffer.of(PARTITION + 1);
/** The partition that a row's key names. */
export const partitionIndexOf = (key: Uint8Array): number =>
  Buffer.from(key.buffer, key.byteOffset, key.length).readUInt32BE(1 + UUID_BYTES);
export const topicOf = (key: Uint8Array): TopicId => topicId(uuidText(key, 1));

function withPartition(kind: number, partition: PartitionId, moreBytes: number): Buffer {
  const key = Buffer.allocUnsafe(PARTITION_KEY_BYTES + moreBytes);
  key[0] = kind;
  key.write(partition.topicId, 1, UUID_BYTES, "base64url");
  key.writeUInt32BE(partition.index, 1 + UUID_BYTES);
  return key;
}

function numbered(kind: number, value: number): Buffer {
  const key = Buffer.allocUnsafe(1 + INT_BYTES);
  key[0] = kind;
  writeInt53BE(key, 1, value);
  return key;
}
