// Partitions of a data directory: their order, their names, where they begin and end.
import type { LogsOnDisk, StoredPartition } from "@moldau/storage";
import type { TopicNames } from "./topic-names.js";

export function noSuchTopic(topic: string, { directory }: LogsOnDisk, { names }: TopicNames): string {
  const some = names.length === 0 ? "" : ` There are: ${names.slice(0, 20).join(", ")}${names.length > 20 ? ", …" : ""}.`;
  return `${directory} has no records of a topic ${JSON.stringify(topic)}.${some}`;
}

export const nameOf = ({ partition }: StoredPartition, names: TopicNames): string => names.nameOf(partition.topicId) ?? partition.topicId;

export const byName = (a: StoredPartition, b: StoredPartition, names: TopicNames): number =>
  nameOf(a, names).localeCompare(nameOf(b, names), "en") || a.partition.index - b.partition.index;

export const extentBytes = ({ extents }: StoredPartition): number => extents.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
/** One past the last offset. */
export const endOf = ({ endOffset = 0, tail }: StoredPartition): number => Math.max(endOffset, (tail?.lastOffset ?? -1) + 1);
export const startOf = ({ logStartOffset, extents: [first], tail }: StoredPartition): number =>
  logStartOffset ?? first?.baseOffset ?? tail?.firstOffset ?? 0;
