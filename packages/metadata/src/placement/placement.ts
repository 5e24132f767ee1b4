// Which brokers serve new partitions.
//
// Durability is the medium's, so a replica is a broker that can serve, not a copy: any replication factor of at least 1 is accepted,
// and a partition names as many brokers as there are, up to the factor, its leader first (DESIGN §6).
import { assert } from "@moldau/std";
import type { PartitionAssignment } from "../cluster/events.js";

/** Leader epoch of a partition that never had another leader. */
const FIRST_EPOCH = 0;

export interface NewPartitions {
  /** Ids of the brokers to choose from, at least one. */
  readonly brokers: readonly number[];
  readonly partitionCount: number;
  readonly replicationFactor: number;
  /** Index of the first of them within the topic: later partitions go on where the earlier ones stopped. */
  readonly firstIndex: number;
}

/** Spreads leaders round robin, and the other replicas over the brokers that follow. */
export function placePartitions({ brokers, partitionCount, replicationFactor, firstIndex }: NewPartitions): PartitionAssignment[] {
  assert(brokers.length > 0, "there is no broker to place partitions on");
  const replicaCount = Math.min(replicationFactor, brokers.length);
  return Array.from({ length: partitionCount }, (_, at) => {
    const start = (firstIndex + at) % brokers.length;
    return { leaderEpoch: FIRST_EPOCH, replicas: [...brokers.slice(start), ...brokers.slice(0, start)].slice(0, replicaCount) };
  });
}

export type AssignmentOutcome = { readonly partitions: readonly PartitionAssignment[] } | { readonly problem: string };

/**
 * Takes replicas that a client chose, by partition, or says what is wrong with them (INVALID_REPLICA_ASSIGNMENT).
 * Every list must be as long as the first, as Kafka has it: the length is the topic's replication factor.
 */
export function assignPartitions(brokers: readonly number[], chosen: readonly (readonly number[])[]): AssignmentOutcome {
  const factor = chosen[0]?.length ?? 0;
  for (const replicas of chosen) {
    const problem = replicaListProblem(brokers, replicas, factor);
    if (problem) return { problem };
  }
  return { partitions: chosen.map((replicas) => ({ leaderEpoch: FIRST_EPOCH, replicas })) };
}

function replicaListProblem(brokers: readonly number[], replicas: readonly number[], factor: number): string | undefined {
  if (replicas.length === 0) return "The assignment has a partition without replicas.";
  const unknown = replicas.find((broker) => !brokers.includes(broker));
  if (unknown !== undefined) return `The assignment names broker ${unknown}, and no such broker is registered.`;
  const twice = replicas.find((broker, at) => replicas.indexOf(broker) !== at);
  if (twice !== undefined) return `The assignment names broker ${twice} twice for one partition.`;
  if (replicas.length !== factor)
    return `The assignment has partitions with ${factor} and with ${replicas.length} replicas: all need as many.`;
  return undefined;
}

export type AssignmentOrder = { readonly chosen: readonly (readonly number[])[] } | { readonly problem: string };

/** Puts a request's assignments in partition order, or says that they are not one for each partition from 0 on. */
export function orderAssignments(
  assignments: readonly { readonly partitionIndex: number; readonly brokerIds: readonly number[] }[],
): AssignmentOrder {
  const sorted = [...assignments].sort((a, b) => a.partitionIndex - b.partitionIndex);
  const consecutive = sorted.every(({ partitionIndex }, at) => partitionIndex === at);
  if (!consecutive) return { problem: "The assignment must have each partition once, counted from 0 without a gap." };
  return { chosen: sorted.map(({ brokerIds }) => brokerIds) };
}
