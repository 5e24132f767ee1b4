// Offsets by time, or the first and last: asked of each partition's leader.
import { ListOffsets } from "@moldau/protocol";
import type { Cluster } from "../../cluster/cluster.js";
import { ClientError, errorOf } from "../../errors.js";
import type { Isolation, StartFrom } from "../options.js";
import { byTopic, keyOf, type TopicPartition } from "../topic-partition.js";
import { leaderOf } from "./leaders.js";

export interface FoundOffset {
  readonly offset: number;
  readonly leaderEpoch: number;
}

const EARLIEST = -2;
const LATEST = -1;
const CONSUMER = -1;
export const ISOLATION_LEVELS: Readonly<Record<Isolation, number>> = { read_uncommitted: 0, read_committed: 1 };

/**
 * By key: the offset, or why there is none this time. One try. Where no record is as young as a timestamp asks for, the offset is the end's
 * under "latest", which takes a second question.
 */
export async function listOffsets(
  cluster: Cluster,
  places: readonly TopicPartition[],
  from: StartFrom,
  isolation: Isolation,
): Promise<Map<string, FoundOffset | ClientError>> {
  const found = new Map<string, FoundOffset | ClientError>();
  const byLeader = new Map<number, TopicPartition[]>();
  await Promise.all([...byTopic(places).keys()].map((topic) => knowTopic(cluster, topic)));
  for (const place of places) {
    const leader = leaderOf(cluster, place);
    if (leader) byLeader.set(leader.nodeId, [...(byLeader.get(leader.nodeId) ?? []), place]);
    else found.set(keyOf(place), noLeader(place));
  }
  await Promise.all(
    [...byLeader].map(async ([nodeId, asked]) => {
      for (const [key, answer] of await askLeader(cluster, nodeId, asked, from, isolation)) found.set(key, answer);
    }),
  );
  if (typeof from === "string") return found;
  const beyond = places.filter((place) => isBeyond(found.get(keyOf(place))));
  if (beyond.length === 0) return found;
  return new Map([...found, ...(await listOffsets(cluster, beyond, "latest", isolation))]);
}

const isBeyond = (answer: FoundOffset | ClientError | undefined): boolean =>
  answer !== undefined && !(answer instanceof ClientError) && answer.offset < 0;

/** Its failure is told to who asks for the partition's leader. */
async function knowTopic(cluster: Cluster, topic: string): Promise<void> {
  if (!cluster.metadata.known(topic)) await cluster.metadata.refresh([topic]);
}

const noLeader = ({ topic, partition }: TopicPartition): ClientError =>
  new ClientError("LEADER_NOT_AVAILABLE", `${topic}/${partition} has no leader, or does not exist`, { retriable: true, topic, partition });

async function askLeader(
  cluster: Cluster,
  nodeId: number,
  places: readonly TopicPartition[],
  from: StartFrom,
  isolation: Isolation,
): Promise<Map<string, FoundOffset | ClientError>> {
  const timestamp = from === "earliest" ? EARLIEST : from === "latest" ? LATEST : from.timestamp;
  const topics = [...byTopic(places)].map(([name, partitions]) => ({
    name,
    partitions: partitions.map((place) => ({
      partitionIndex: place.partition,
      currentLeaderEpoch: leaderOf(cluster, place)?.leaderEpoch ?? -1,
      timestamp,
    })),
  }));
  const found = new Map<string, FoundOffset | ClientError>();
  try {
    const answer = await cluster.askBroker(nodeId, ListOffsets, (version) => ({
      replicaId: CONSUMER,
      ...(version >= 2 && { isolationLevel: ISOLATION_LEVELS[isolation] }),
      ...(version >= 10 && { timeoutMs: cluster.settings.requestTimeoutMs }),
      topics,
    }));
    for (const { name: topic, partitions } of answer.topics) {
      for (const { partitionIndex: partition, errorCode, offset, leaderEpoch } of partitions) {
        found.set(keyOf({ topic, partition }), errorOf(errorCode, undefined, { topic, partition }) ?? { offset, leaderEpoch });
      }
    }
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    for (const place of places) found.set(keyOf(place), error);
  }
  return found;
}
