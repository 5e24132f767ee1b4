// What the client knows of topics: asked for when first needed, again when brokers say it is out of date, and every few minutes.
import { errors, Metadata, type ResponseOf } from "@moldau/protocol";
import { assert } from "@moldau/std";
import { ClientError, errorOf } from "../errors.js";
import type { Settings } from "../options.js";
import { retrying } from "./backoff.js";
import type { Broker, Brokers } from "./brokers.js";

export interface PartitionInfo {
  readonly partition: number;
  /** Node id; -1 when there is none at the moment. */
  readonly leader: number;
  readonly leaderEpoch: number;
  readonly replicas: readonly number[];
  readonly inSync: readonly number[];
}

export interface TopicInfo {
  readonly name: string;
  /** The zero uuid where the broker is too old to know of ids. */
  readonly topicId: string;
  readonly isInternal: boolean;
  /** By partition index. */
  readonly partitions: readonly PartitionInfo[];
}

export interface ClusterInfo {
  readonly clusterId: string | null;
  readonly controllerId: number;
  readonly brokers: readonly Broker[];
}

export interface MetadataCache {
  /** The topic, asked for if it is not known. Rejects with ClientError: UNKNOWN_TOPIC_OR_PARTITION, … after `withinMs` of trying. */
  topic(name: string, options?: TopicOptions): Promise<TopicInfo>;
  /** What is known now. */
  known(name: string): TopicInfo | undefined;
  /** Asks again about these topics and whatever else was asked for meanwhile. Failures are told to who needs the topic. */
  refresh(names: readonly string[]): Promise<void>;
  /** All topics there are. */
  all(): Promise<readonly TopicInfo[]>;
  cluster(): Promise<ClusterInfo>;
}

export interface TopicOptions {
  /** Lets the broker create a topic that it does not have, if it is set up so. */
  readonly mayCreate?: boolean;
  readonly withinMs?: number;
  readonly signal?: AbortSignal | undefined;
}

interface Entry {
  readonly topic: TopicInfo | ClientError;
  readonly atMs: number;
}

type Answer = ResponseOf<typeof Metadata>;
type TopicAnswer = Answer["topics"][number];

export function metadataCache(brokers: Brokers, settings: Settings): MetadataCache {
  const { clock } = settings.world;
  const entries = new Map<string, Entry>();
  let gathering: { readonly names: Set<string>; mayCreate: boolean; readonly done: Promise<void> } | undefined;

  const ask = async (names: readonly string[] | null, mayCreate: boolean): Promise<Answer> => {
    const connection = await brokers.any();
    const answer = await connection.request(Metadata, {
      topics: names?.map((name) => ({ name })),
      allowAutoTopicCreation: mayCreate,
    });
    const failure = errorOf(answer.errorCode);
    if (failure) throw failure;
    if (answer.brokers.length > 0) brokers.learn(answer.brokers);
    const atMs = clock.monotonicMs();
    for (const topic of answer.topics) if (topic.name !== null) entries.set(topic.name, { topic: topicOf(topic.name, topic), atMs });
    return answer;
  };

  /** Questions that come in the same turn go out together. */
  const refresh = (names: readonly string[], mayCreate = false): Promise<void> => {
    if (!gathering) {
      const mine = { names: new Set<string>(), mayCreate: false };
      const done = Promise.resolve().then(async () => {
        gathering = undefined;
        await ask([...mine.names], mine.mayCreate);
      });
      gathering = Object.assign(mine, { done });
    }
    for (const name of names) gathering.names.add(name);
    gathering.mayCreate ||= mayCreate;
    return gathering.done;
  };

  const fresh = (name: string): TopicInfo | undefined => {
    const entry = entries.get(name);
    if (!entry || entry.topic instanceof ClientError || clock.monotonicMs() - entry.atMs > settings.metadataMaxAgeMs) return undefined;
    return entry.topic;
  };

  return {
    async topic(name, { mayCreate = false, withinMs = settings.requestTimeoutMs, signal } = {}) {
      return (
        fresh(name) ??
        retrying(settings, { withinMs, signal }, async () => {
          await refresh([name], mayCreate);
          const { topic } = entries.get(name) ?? {};
          assert(topic, "a topic that was asked for was answered");
          if (topic instanceof ClientError) throw topic;
          return topic;
        })
      );
    },
    known: (name) => {
      const { topic } = entries.get(name) ?? {};
      return topic instanceof ClientError ? undefined : topic;
    },
    refresh: (names) => refresh(names),
    async all() {
      const answer = await ask(null, false);
      return answer.topics.flatMap((topic) => {
        if (topic.name === null || topic.errorCode !== errors.NONE.code) return [];
        const info = topicOf(topic.name, topic);
        return info instanceof ClientError ? [] : [info];
      });
    },
    async cluster() {
      const { clusterId, controllerId, brokers: known } = await ask([], false);
      return { clusterId, controllerId, brokers: known };
    },
  };
}

function topicOf(name: string, answer: TopicAnswer): TopicInfo | ClientError {
  const failure = errorOf(answer.errorCode, undefined, { topic: name });
  if (failure) return failure;
  const partitions = answer.partitions.map(({ partitionIndex, leaderId, leaderEpoch, replicaNodes, isrNodes }) => ({
    partition: partitionIndex,
    leader: leaderId,
    leaderEpoch,
    replicas: replicaNodes,
    inSync: isrNodes,
  }));
  return {
    name,
    topicId: answer.topicId,
    isInternal: answer.isInternal,
    partitions: partitions.sort((a, b) => a.partition - b.partition),
  };
}
