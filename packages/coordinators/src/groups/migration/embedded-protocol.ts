// What consumers of the classic protocol put into JoinGroup and SyncGroup, read and written by the coordinator in the leading member's place.
import {
  ConsumerProtocolAssignment,
  ConsumerProtocolSubscription,
  decodeVersioned,
  encodeVersioned,
  ProtocolError,
  versionedPrefix,
} from "@moldau/protocol";
import type { TopicId } from "@moldau/std";
import type { Assignment } from "../assignors/assignor.js";
import type { ListedPartitions } from "../consumer/owned-partitions.js";
import type { TopicsView } from "../world.js";

export interface EmbeddedSubscription {
  readonly topics: readonly string[];
  readonly ownedPartitions: readonly NamedPartitions[];
  readonly rackId: string | null;
}

interface NamedPartitions {
  readonly topic: string;
  readonly partitions: readonly number[];
}

const NEWEST = ConsumerProtocolSubscription.versions.max;

/** Undefined when it is not one. */
export const readSubscription = (bytes: Uint8Array): EmbeddedSubscription | undefined =>
  read(bytes, (known) => decodeVersioned(ConsumerProtocolSubscription, known).value);

/** Partitions by topic name; "custom" when an assignor has put words of its own there, which would be lost; undefined: it is none. */
export function readAssignment(bytes: Uint8Array): readonly NamedPartitions[] | "custom" | undefined {
  if (bytes.length === 0) return [];
  const assignment = read(bytes, (known) => decodeVersioned(ConsumerProtocolAssignment, known).value);
  return assignment?.userData && assignment.userData.length > 0 ? "custom" : assignment?.assignedPartitions;
}

/** As a member understands it that has sent `subscription`. Topics that are gone are left out. */
export function writeAssignment(assignment: Assignment, subscription: Uint8Array, topics: TopicsView): Uint8Array {
  const assignedPartitions = [...assignment].flatMap(([id, partitions]) => {
    const topic = topics.byId(id)?.name;
    return topic === undefined ? [] : [{ topic, partitions: [...partitions] }];
  });
  return encodeVersioned(ConsumerProtocolAssignment, knownVersion(subscription), { assignedPartitions, userData: null });
}

/** By topic id; topics that are not there are left out. */
export const withIds = (list: readonly NamedPartitions[], topics: TopicsView): ListedPartitions & { readonly topicId: TopicId }[] =>
  list.flatMap(({ topic, partitions }) => {
    const view = topics.byName(topic);
    return view ? [{ topicId: view.id, partitions }] : [];
  });

const knownVersion = (bytes: Uint8Array): number => Math.max(0, Math.min(versionedPrefix(bytes), NEWEST));

/** Newer versions begin as the newest that is known. */
function read<Value>(bytes: Uint8Array, decode: (bytes: Uint8Array) => Value): Value | undefined {
  try {
    if (versionedPrefix(bytes) <= NEWEST) return decode(bytes);
    const known = new Uint8Array(bytes);
    new DataView(known.buffer).setInt16(0, NEWEST);
    return decode(known);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}
