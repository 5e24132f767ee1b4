// The events of the cluster log: every change to what the cluster is, in order (DESIGN §7). Their fold is the cluster image.
//
// An event is stored as UTF-8 JSON, {"v":1,"type":"TopicCreated",…}. A new field with a default needs no new version; a new
// meaning of an old field does. Whoever meets a version or a type it does not know must stop: to skip a change is to be wrong
// about everything after it.
import type { TopicId } from "@moldau/std";

/** Config names to values; null takes a setting away. */
export type ConfigChanges = Readonly<Record<string, string | null>>;

/** Who serves a partition. `replicas` lists the brokers that can, the leader first. */
export interface PartitionAssignment {
  readonly leaderEpoch: number;
  readonly replicas: readonly number[];
}

export interface ListenerAddress {
  /** The listener's name, e.g. "PLAINTEXT". */
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

export interface ClusterCreated {
  readonly type: "ClusterCreated";
  readonly clusterId: string;
}

export interface BrokerRegistered {
  readonly type: "BrokerRegistered";
  readonly brokerId: number;
  /** What clients are told to connect to. */
  readonly host: string;
  readonly port: number;
  readonly rack: string | null;
  /** A uuid per start: tells a broker from the one that had its id before. */
  readonly incarnation: string;
  readonly listeners: readonly ListenerAddress[];
}

export interface TopicCreated {
  readonly type: "TopicCreated";
  readonly topicId: TopicId;
  readonly name: string;
  /** As asked for; what the topic's durability comes from is the medium (DESIGN §6). */
  readonly replicationFactor: number;
  /** By partition index, from 0. */
  readonly partitions: readonly PartitionAssignment[];
  readonly configs: Readonly<Record<string, string>>;
}

export interface PartitionsAdded {
  readonly type: "PartitionsAdded";
  readonly topicId: TopicId;
  /** By partition index, from the topic's partition count on. */
  readonly partitions: readonly PartitionAssignment[];
}

export interface TopicDeleted {
  readonly type: "TopicDeleted";
  readonly topicId: TopicId;
}

export interface TopicConfigsSet {
  readonly type: "TopicConfigsSet";
  readonly topicId: TopicId;
  readonly changes: ConfigChanges;
}

export interface BrokerConfigsSet {
  readonly type: "BrokerConfigsSet";
  /** A broker's id in decimal, or "" for the default of all brokers. */
  readonly broker: string;
  readonly changes: ConfigChanges;
}

export interface GroupConfigsSet {
  readonly type: "GroupConfigsSet";
  readonly group: string;
  readonly changes: ConfigChanges;
}

/** A client metrics subscription (KIP-714); gone when its last config is. */
export interface ClientMetricsConfigsSet {
  readonly type: "ClientMetricsConfigsSet";
  readonly subscription: string;
  readonly changes: ConfigChanges;
}

export interface ProducerIdsAllocated {
  readonly type: "ProducerIdsAllocated";
  /** The first producer id that nobody has yet. */
  readonly next: number;
}

export type ClusterEvent =
  | ClusterCreated
  | BrokerRegistered
  | TopicCreated
  | PartitionsAdded
  | TopicDeleted
  | TopicConfigsSet
  | BrokerConfigsSet
  | GroupConfigsSet
  | ClientMetricsConfigsSet
  | ProducerIdsAllocated;

/** An event that this version cannot understand: written by a newer one, or not an event at all. */
export class UnreadableEventError extends Error {
  override readonly name = "UnreadableEventError";
}

const FORMAT_VERSION = 1;

const EVENT_TYPES: Readonly<Record<ClusterEvent["type"], true>> = {
  ClusterCreated: true,
  BrokerRegistered: true,
  TopicCreated: true,
  PartitionsAdded: true,
  TopicDeleted: true,
  TopicConfigsSet: true,
  BrokerConfigsSet: true,
  GroupConfigsSet: true,
  ClientMetricsConfigsSet: true,
  ProducerIdsAllocated: true,
};

/** One line of JSON, without a line feed. */
export const eventText = (event: ClusterEvent): string => JSON.stringify({ v: FORMAT_VERSION, ...event });

/** Reads what eventText wrote; throws UnreadableEventError. */
export function eventFromText(text: string): ClusterEvent {
  const { v, ...event } = parseObject(text);
  if (v !== FORMAT_VERSION) {
    throw new UnreadableEventError(
      `the cluster log has an event of format ${String(v)}, and this version reads format ${FORMAT_VERSION}: start a newer version`,
    );
  }
  if (!isClusterEvent(event)) {
    throw new UnreadableEventError(
      `the cluster log has an event of type ${String(event.type)}, unknown to this version: start a newer version`,
    );
  }
  return event;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

export const encodeEvent = (event: ClusterEvent): Uint8Array => encoder.encode(eventText(event));

/** Reads what encodeEvent wrote; throws UnreadableEventError. */
export function decodeEvent(bytes: Uint8Array): ClusterEvent {
  return eventFromText(decodeUtf8(bytes));
}

/** A snapshot is the shortest list of events that folds to the image: one event a line. */
export function decodeSnapshot(bytes: Uint8Array): ClusterEvent[] {
  const text = decodeUtf8(bytes);
  return text === "" ? [] : text.split("\n").map(eventFromText);
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new UnreadableEventError("the cluster log has bytes that are not UTF-8: it is damaged", { cause });
  }
}

interface Enveloped {
  readonly v?: unknown;
  readonly type?: unknown;
}

function parseObject(text: string): Enveloped {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new UnreadableEventError("the cluster log has bytes that are not an event: it is damaged", { cause });
  }
  if (typeof value !== "object" || value === null)
    throw new UnreadableEventError("the cluster log has bytes that are not an event: it is damaged");
  return value;
}

function isClusterEvent(event: Enveloped): event is ClusterEvent {
  const { type } = event;
  return typeof type === "string" && Object.hasOwn(EVENT_TYPES, type);
}
