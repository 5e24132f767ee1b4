// Topics by name: of a data directory as its cluster log has them, of a file of Kafka's by its folder.
import { basename, dirname } from "node:path/posix";
import { systemTimers } from "@moldau/env";
import { openMetadata } from "@moldau/metadata";
import { type PartitionId, type TopicId, topicId } from "@moldau/std";
import type { LogsOnDisk } from "@moldau/storage";

export interface TopicNames {
  readonly clusterId: string | undefined;
  /** Undefined when nothing says it. */
  nameOf(topic: TopicId): string | undefined;
  /** The topic of that name, or of that id. */
  idOf(nameOrId: string): TopicId | undefined;
  isLive(topic: TopicId): boolean;
  /** Partitions by the cluster log; 0 when it is not known. */
  partitionCount(name: string): number;
  /** Names of all topics there are. */
  readonly names: readonly string[];
  /** Where batches don't say whose they are. */
  readonly ofFile: { readonly topic: string; readonly partition: number } | undefined;
  /** Why names are missing. */
  readonly problem?: string;
}

const UNKNOWN: TopicNames = {
  clusterId: undefined,
  nameOf: () => undefined,
  idOf: topicId,
  isLive: () => true,
  partitionCount: () => 0,
  names: [],
  ofFile: undefined,
};

export async function topicNames({ catalog }: LogsOnDisk): Promise<TopicNames> {
  if (!catalog) return { ...UNKNOWN, problem: "without the catalog topics have no names here, but ids" };
  try {
    const { image, close } = await openMetadata({ clusterLog: catalog.clusterLog, timers: systemTimers });
    await close();
    return {
      clusterId: image.clusterId === "" ? undefined : image.clusterId,
      nameOf: (topic) => image.topicById(topic)?.name,
      idOf: (name) => image.topicByName(name)?.id ?? image.topicById(topicId(name))?.id,
      isLive: (topic) => image.topicById(topic) !== undefined,
      partitionCount: (name) => image.topicByName(name)?.partitions.length ?? 0,
      names: Array.from(image.topics(), ({ name }) => name),
      ofFile: undefined,
    };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { ...UNKNOWN, problem: `the cluster log is not readable, so topics have no names here, but ids: ${error.message}` };
  }
}

const FOLDER = /^(.+)-(\d+)$/;

/** Kafka keeps a partition's files in a folder named TOPIC-PARTITION. */
export function topicOfFolder(path: string): TopicNames {
  const [, topic, partition] = FOLDER.exec(basename(dirname(path))) ?? [];
  return { ...UNKNOWN, ofFile: topic === undefined ? undefined : { topic, partition: Number(partition) } };
}

/** "orders-3"; a topic without a name goes by its id. */
export function partitionText({ topicId, index }: PartitionId, names: TopicNames): string {
  return `${names.nameOf(topicId) ?? topicId}-${index}`;
}
