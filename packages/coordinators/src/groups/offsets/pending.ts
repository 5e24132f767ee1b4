// Offsets committed in transactions that are open (KIP-98): they count once their transaction is committed, and never did if it is aborted.
//
// Two views of the same: what a transaction's end has to go through, and whether a partition's offset may still change. Each change costs
// no more than what it changes.
// Invariant: of the commits of a partition, the last one written counts, whichever transaction ends last. So those that wait for their
// transaction are in the order in which they were written, and one that counts makes those before it void.
import type { TransactionalProducer } from "../../runtime/machine.js";
import type { CommittedOffset } from "./offsets.js";

/** Undefined: void, for something later counts. Its transaction is open all the same. */
type PendingOffset = CommittedOffset | undefined;
type ByPartition<Value> = Map<string, Map<number, Value>>;

interface OpenTransaction {
  producerEpoch: number;
  /** By group id, topic name and partition. */
  readonly offsets: Map<string, ByPartition<PendingOffset>>;
}

export interface PendingOffsets {
  /** By producer id, which has one at a time; those that have no offsets are absent. */
  readonly transactions: Map<number, OpenTransaction>;
  /** The producers that have committed a partition's offset, in the order of their last commits: by group id, topic name and partition. */
  readonly producers: Map<string, ByPartition<Set<number>>>;
}

export interface Place {
  readonly groupId: string;
  readonly topic: string;
  readonly partition: number;
}

export const noPendingOffsets = (): PendingOffsets => ({ transactions: new Map(), producers: new Map() });

/** Whether a transaction may still change the partition's offset. */
export const isPending = ({ producers }: PendingOffsets, { groupId, topic, partition }: Place): boolean =>
  producers.get(groupId)?.get(topic)?.has(partition) ?? false;

export const hasPending = ({ producers }: PendingOffsets, groupId: string): boolean => producers.has(groupId);

/** The partitions of a group that have one: by topic name. */
export const pendingOf = ({ producers }: PendingOffsets, groupId: string): ReadonlyMap<string, ReadonlyMap<number, unknown>> =>
  producers.get(groupId) ?? NONE;
const NONE: ReadonlyMap<string, ReadonlyMap<number, unknown>> = new Map();

/** Whether the producer has a transaction open that has committed offsets. */
export const hasOpenTransaction = ({ pending }: { readonly pending: PendingOffsets }, { id, epoch }: TransactionalProducer): boolean =>
  pending.transactions.get(id)?.producerEpoch === epoch;

export function addPending(pending: PendingOffsets, producer: TransactionalProducer, place: Place, committed: CommittedOffset): void {
  const transaction = entry(pending.transactions, producer.id, () => ({ producerEpoch: producer.epoch, offsets: new Map() }));
  transaction.producerEpoch = producer.epoch;
  partitionsOf(transaction.offsets, place).set(place.partition, committed);
  const producers = entry(partitionsOf(pending.producers, place), place.partition, () => new Set<number>());
  producers.delete(producer.id);
  producers.add(producer.id);
}

/** An offset counts now: those committed before it do not any more. Without `producerId` it is newer than all. */
export function makeVoid({ transactions, producers }: PendingOffsets, place: Place, producerId?: number): void {
  for (const earlier of producers.get(place.groupId)?.get(place.topic)?.get(place.partition) ?? []) {
    if (earlier === producerId) return;
    transactions.get(earlier)?.offsets.get(place.groupId)?.get(place.topic)?.set(place.partition, undefined);
  }
}

/** The partition's offset is forgotten, and with it whatever transactions would make of it. */
export function forgetPending({ transactions, producers }: PendingOffsets, place: Place): void {
  const waiting = producers.get(place.groupId)?.get(place.topic)?.get(place.partition);
  if (!waiting) return;
  remove(producers, place);
  for (const producerId of waiting) {
    const offsets = transactions.get(producerId)?.offsets;
    if (!offsets) continue;
    remove(offsets, place);
    if (offsets.size === 0) transactions.delete(producerId);
  }
}

/** The producer's transaction is over: gives what it has committed, in no order. */
export function endPending(pending: PendingOffsets, producerId: number): readonly (Place & { readonly committed: PendingOffset })[] {
  const offsets = pending.transactions.get(producerId)?.offsets;
  if (!offsets) return [];
  pending.transactions.delete(producerId);
  const ended: (Place & { committed: PendingOffset })[] = [];
  for (const [groupId, ofGroup] of offsets)
    for (const [topic, ofTopic] of ofGroup)
      for (const [partition, committed] of ofTopic) ended.push({ groupId, topic, partition, committed });
  return ended;
}

/** A producer's commit of the partition is pending no more. */
export function settle({ producers }: PendingOffsets, place: Place, producerId: number): void {
  const waiting = producers.get(place.groupId)?.get(place.topic)?.get(place.partition);
  waiting?.delete(producerId);
  if (waiting?.size === 0) remove(producers, place);
}

const partitionsOf = <Value>(groups: Map<string, ByPartition<Value>>, { groupId, topic }: Place): Map<number, Value> =>
  entry(
    entry(groups, groupId, () => new Map()),
    topic,
    () => new Map(),
  );

function entry<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

/** With the topic and the group, when they have nothing left. */
function remove<Value>(groups: Map<string, ByPartition<Value>>, { groupId, topic, partition }: Place): void {
  const ofGroup = groups.get(groupId);
  const ofTopic = ofGroup?.get(topic);
  ofTopic?.delete(partition);
  if (ofTopic?.size === 0) ofGroup?.delete(topic);
  if (ofGroup?.size === 0) groups.delete(groupId);
}
