// What a member holds: partitions by topic, each with the epoch in which it was given to the member (KIP-1251).
import type { TopicId } from "@moldau/std";
import type { Assignment } from "../assignors/assignor.js";

/** Partitions ascending; `epochs` has the epoch of each. */
export interface PartitionEpochs {
  readonly partitions: readonly number[];
  readonly epochs: readonly number[];
}

/** Topics without partitions are absent. */
export type OwnedPartitions = ReadonlyMap<TopicId, PartitionEpochs>;

/** Partitions as requests and answers list them. */
export type ListedPartitions = readonly { readonly topicId: string; readonly partitions: readonly number[] }[];

export const NO_PARTITIONS: OwnedPartitions = new Map();
const NONE: PartitionEpochs = { partitions: [], epochs: [] };

export const partitionsOf = (owned: OwnedPartitions, topic: TopicId): PartitionEpochs => owned.get(topic) ?? NONE;

/** The epoch in which the partition was given; undefined when it is not held. */
export function epochOf(owned: OwnedPartitions, topic: TopicId, partition: number): number | undefined {
  const { partitions, epochs } = partitionsOf(owned, topic);
  const at = partitions.indexOf(partition);
  return at < 0 ? undefined : epochs[at];
}

/** From pairs of partition and epoch in any order. */
export function partitionEpochs(pairs: readonly (readonly [partition: number, epoch: number])[]): PartitionEpochs {
  const sorted = pairs.toSorted(([a], [b]) => a - b);
  return { partitions: sorted.map(([partition]) => partition), epochs: sorted.map(([, epoch]) => epoch) };
}

/** All partitions of an assignment, given in one epoch. */
export const ownedSince = (assignment: Assignment, epoch: number): OwnedPartitions =>
  new Map([...assignment].map(([topic, partitions]) => [topic, { partitions, epochs: partitions.map(() => epoch) }]));

/** Those that are kept and those that are not. */
export function partition(
  { partitions, epochs }: PartitionEpochs,
  keep: (partition: number) => boolean,
): { readonly kept: [number, number][]; readonly dropped: [number, number][] } {
  const kept: [number, number][] = [];
  const dropped: [number, number][] = [];
  for (const [index, one] of partitions.entries()) (keep(one) ? kept : dropped).push([one, epochs[index] ?? 0]);
  return { kept, dropped };
}

/** Everything of both; what both hold has the epoch of `more`. */
export function union(owned: OwnedPartitions, more: OwnedPartitions): OwnedPartitions {
  const result = new Map(owned);
  for (const [topic, added] of more) {
    const before = owned.get(topic);
    result.set(topic, before ? partitionEpochs([...new Map([...pairs(before), ...pairs(added)])]) : added);
  }
  return result;
}

const pairs = ({ partitions, epochs }: PartitionEpochs): [number, number][] =>
  partitions.map((partition, index) => [partition, epochs[index] ?? 0]);

/** The same partitions, all given in epoch 0: any epoch may commit to them. */
export const sinceEver = (owned: OwnedPartitions): OwnedPartitions =>
  new Map([...owned].map(([topic, { partitions }]) => [topic, { partitions, epochs: partitions.map(() => 0) }]));

export function sameOwned(one: OwnedPartitions, other: OwnedPartitions): boolean {
  if (one === other) return true;
  if (one.size !== other.size) return false;
  for (const [topic, held] of one) {
    const also = other.get(topic);
    if (!also || !sameNumbers(held.partitions, also.partitions) || !sameNumbers(held.epochs, also.epochs)) return false;
  }
  return true;
}

const sameNumbers = (one: readonly number[], other: readonly number[]): boolean =>
  one === other || (one.length === other.length && one.every((value, index) => value === other[index]));

/** Whether one of the listed partitions is held. */
export const holdsAny = (listed: ListedPartitions, owned: OwnedPartitions): boolean =>
  owned.size > 0 &&
  listed.some(({ topicId, partitions }) => {
    const held = owned.get(topicId as TopicId);
    return held !== undefined && partitions.some((one) => held.partitions.includes(one));
  });

/** Whether all of the listed partitions are held. */
export const holdsAll = (listed: ListedPartitions, owned: OwnedPartitions): boolean =>
  listed.every(({ topicId, partitions }) => {
    const held = owned.get(topicId as TopicId);
    return held !== undefined && partitions.every((one) => held.partitions.includes(one));
  });

export const listed = (owned: OwnedPartitions): { topicId: TopicId; partitions: number[] }[] =>
  [...owned].map(([topicId, { partitions }]) => ({ topicId, partitions: [...partitions] }));
