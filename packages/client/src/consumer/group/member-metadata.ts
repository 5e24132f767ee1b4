// What members of a classic group tell each other through the coordinator, in the formats of Java's consumer.
import {
  ConsumerProtocolAssignment,
  ConsumerProtocolSubscription,
  decodeVersioned,
  encodeVersioned,
  type JoinGroup,
  type ResponseOf,
} from "@moldau/protocol";
import type { AssignorName } from "../options.js";
import { byTopic, type TopicPartition } from "../topic-partition.js";
import type { AssignorMember } from "./assignors.js";

const VERSION = 3;
const GENERATION_BYTES = 4;

export interface SubscriptionToTell {
  readonly name: AssignorName;
  readonly topics: readonly string[];
  readonly owned: readonly TopicPartition[];
  readonly generation: number;
  readonly rack: string | null;
}

/** In JoinGroup. Cooperative members say what they own, and since which generation: twice, for Java's assignor once read the latter only. */
export function subscriptionBytes({ name, topics, owned, generation, rack }: SubscriptionToTell): Uint8Array {
  const userData = name === "cooperative-sticky" ? Buffer.alloc(GENERATION_BYTES) : null;
  userData?.writeInt32BE(generation);
  return encodeVersioned(ConsumerProtocolSubscription, VERSION, {
    topics: [...topics],
    userData,
    ownedPartitions: named(owned),
    generationId: generation,
    rackId: rack,
  });
}

/** The members as the leader is told of them. Throws ProtocolError. */
export function membersOf(members: ResponseOf<typeof JoinGroup>["members"]): AssignorMember[] {
  return members.map(({ memberId, groupInstanceId, metadata }) => {
    const { topics, ownedPartitions, generationId, userData } = decodeVersioned(ConsumerProtocolSubscription, metadata).value;
    return {
      memberId,
      instanceId: groupInstanceId,
      topics,
      owned: ownedPartitions.flatMap(({ topic, partitions }) => partitions.map((partition) => ({ topic, partition }))),
      generation: generationId >= 0 ? generationId : generationIn(userData),
    };
  });
}

function generationIn(userData: Uint8Array | null): number {
  if (!userData || userData.length < GENERATION_BYTES) return -1;
  return Buffer.from(userData.buffer, userData.byteOffset, userData.length).readInt32BE();
}

/** In SyncGroup. */
export function assignmentBytes(partitions: readonly TopicPartition[]): Uint8Array {
  return encodeVersioned(ConsumerProtocolAssignment, VERSION, { assignedPartitions: named(partitions), userData: null });
}

/** Empty bytes: nothing. Throws ProtocolError. */
export function partitionsOf(assignment: Uint8Array): TopicPartition[] {
  if (assignment.length === 0) return [];
  const { assignedPartitions } = decodeVersioned(ConsumerProtocolAssignment, assignment).value;
  return assignedPartitions.flatMap(({ topic, partitions }) => partitions.map((partition) => ({ topic, partition })));
}

const named = (places: readonly TopicPartition[]) =>
  [...byTopic(places)].map(([topic, some]) => ({ topic, partitions: some.map(({ partition }) => partition) }));
