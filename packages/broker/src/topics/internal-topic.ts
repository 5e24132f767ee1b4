// A topic that keeps a coordinator's state: created when it is first needed, its partitions read and written by coordinators alone.
import type { InternalLog } from "@moldau/coordinators";
import type { Clock } from "@moldau/env";
import { type Metadata, type TopicImage, topicConfigProblem } from "@moldau/metadata";
import type { CompressionName } from "@moldau/records";
import { StorageError } from "@moldau/storage";
import { failureReason } from "../failure.js";
import type { Logger } from "../logger.js";
import type { Partitions } from "../partitions/partitions.js";
import type { TopicCreation } from "./creation.js";
import { internalLog } from "./internal-log.js";

export interface InternalTopic {
  readonly name: string;
  find(): TopicImage | undefined;
  /** Created when it is absent. Undefined when it cannot be created now, which is logged. */
  ensure(): Promise<TopicImage | undefined>;
  /** Of a partition. */
  logOf(index: number): InternalLog;
}

export interface InternalTopicOptions {
  readonly name: string;
  readonly metadata: Metadata;
  readonly topics: TopicCreation;
  readonly partitions: Partitions;
  readonly clock: Clock;
  readonly log: Logger;
  readonly topicConfig: (topic: TopicImage) => { readonly maxMessageBytes: number };
  /** What it is created with. */
  readonly spec: () => InternalTopicSpec;
  /** Of the batches that the coordinator writes. */
  readonly compression: () => CompressionName;
}

export interface InternalTopicSpec {
  readonly partitionCount: number;
  readonly replicationFactor: number;
  readonly segmentBytes: number;
  readonly compressionType: "producer" | "uncompressed";
}

export function internalTopic(options: InternalTopicOptions): InternalTopic {
  const { name, metadata, topics, partitions, clock, log, topicConfig, spec, compression } = options;
  let creating: Promise<TopicImage | undefined> | undefined;
  const find = () => metadata.image.topicByName(name);

  const create = async (): Promise<TopicImage | undefined> => {
    const { partitionCount, replicationFactor, segmentBytes, compressionType } = spec();
    const segmentTooSmall = topicConfigProblem("segment.bytes", String(segmentBytes));
    const configs = new Map([
      ["cleanup.policy", "compact"],
      ["compression.type", compressionType],
      ...(segmentTooSmall ? [] : [["segment.bytes", String(segmentBytes)] as const]),
    ]);
    const outcome = await topics.create({ name, numPartitions: partitionCount, replicationFactor, assignments: [], configs });
    // Somebody else was faster: that is what we wanted.
    const topic = find();
    if (!topic && outcome.kind === "refused") log.error({ error: outcome.error, reason: outcome.message }, `${name} cannot be created`);
    return topic;
  };

  return {
    name,
    find,
    async ensure() {
      const topic = find();
      if (topic) return topic;
      creating ??= create()
        .catch((error: unknown) => {
          log.error({ reason: failureReason(error) }, `${name} cannot be created now`);
          return undefined;
        })
        .finally(() => {
          creating = undefined;
        });
      return creating;
    },
    logOf(index) {
      const open = async () => {
        const topic = find();
        const partition = topic && partitions.find(topic, index);
        if (!partition) throw new StorageError("closed", `${name} has no partition ${index}`);
        return partition;
      };
      const config = () => {
        const topic = find();
        return topic ? topicConfig(topic) : { maxMessageBytes: Number.MAX_SAFE_INTEGER };
      };
      return internalLog({ partitions, clock, open, config, compression });
    },
  };
}
