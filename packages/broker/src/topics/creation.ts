// Creating topics: by CreateTopics, and by clients that ask for one that is absent. One place decides whether and how.

import type { Random } from "@moldau/env";
import {
  assignPartitions,
  type ClusterImage,
  type ConfigValues,
  type Metadata,
  orderAssignments,
  type PartitionAssignment,
  type Proposal,
  placePartitions,
  type TopicImage,
  topicConfigsProblem,
  topicNameProblem,
} from "@moldau/metadata";
import type { ErrorName } from "@moldau/protocol";
import { randomUuid, topicId } from "@moldau/std";

/** -1 for the number of partitions or the factor: the broker's default. Assignments take the place of both. */
export interface TopicSpec {
  readonly name: string;
  readonly numPartitions: number;
  readonly replicationFactor: number;
  readonly assignments: readonly { readonly partitionIndex: number; readonly brokerIds: readonly number[] }[];
  readonly configs: ReadonlyMap<string, string | null>;
}

export interface RefusedCreation {
  readonly kind: "refused";
  readonly error: ErrorName;
  readonly message: string;
}

export type CreateOutcome = { readonly kind: "created"; readonly topic: TopicImage } | RefusedCreation;

export type ValidateOutcome =
  /** What would be created. */
  | { readonly kind: "valid"; readonly partitionCount: number; readonly replicationFactor: number; readonly configs: ConfigValues }
  | RefusedCreation;

export interface TopicCreation {
  create(spec: TopicSpec): Promise<CreateOutcome>;
  /** Checks without creating. */
  validate(spec: TopicSpec): ValidateOutcome;
  nameProblem(name: string): string | undefined;
}

export interface CreationDefaults {
  readonly numPartitions: number;
  readonly defaultReplicationFactor: number;
}

/** More than this in one topic is taken for a mistake: each partition costs memory here and on every client. */
export const MAX_PARTITIONS_PER_TOPIC = 100_000;

/** For all topics of one request together: or a list of a thousand names could ask for a hundred million partitions. */
export const MAX_PARTITIONS_PER_REQUEST = MAX_PARTITIONS_PER_TOPIC;

const DEFAULT = -1;

export function topicCreation(metadata: Metadata, random: Random, defaults: () => CreationDefaults): TopicCreation {
  return {
    validate(spec) {
      const planned = plan(spec, metadata.image, defaults());
      if ("kind" in planned) return planned;
      const { partitions, replicationFactor, configs } = planned;
      return { kind: "valid", partitionCount: partitions.length, replicationFactor, configs: new Map(Object.entries(configs)) };
    },
    nameProblem: topicNameProblem,
    async create(spec) {
      const refused = await metadata.propose((image): Proposal<CreateOutcome | undefined> => {
        const planned = plan(spec, image, defaults());
        if ("kind" in planned) return { events: [], result: planned };
        const id = topicId(randomUuid(random.bytes));
        return { events: [{ type: "TopicCreated", topicId: id, name: spec.name, ...planned }], result: undefined };
      });
      if (refused) return refused;
      const topic = metadata.image.topicByName(spec.name);
      // Deleted in the same instant: to the client it never was.
      return topic ? { kind: "created", topic } : refuse("UNKNOWN_TOPIC_OR_PARTITION", "The topic was deleted at once.");
    },
  };
}

interface Plan {
  readonly configs: Readonly<Record<string, string>>;
  readonly partitions: readonly PartitionAssignment[];
  readonly replicationFactor: number;
}

const refuse = (error: ErrorName, message: string): RefusedCreation => ({ kind: "refused", error, message });

function plan(spec: TopicSpec, image: ClusterImage, defaults: CreationDefaults): Plan | RefusedCreation {
  const nameProblem = topicNameProblem(spec.name);
  if (nameProblem) return refuse("INVALID_TOPIC_EXCEPTION", nameProblem);
  if (image.topicByName(spec.name)) return refuse("TOPIC_ALREADY_EXISTS", `Topic "${spec.name}" exists already.`);
  const like = image.topicLike(spec.name);
  if (like) return refuse("INVALID_TOPIC_EXCEPTION", `Topic "${spec.name}" would collide with "${like.name}" in the names of metrics.`);
  const configs = givenConfigs(spec);
  if (typeof configs === "string") return refuse("INVALID_CONFIG", `"${configs}" has no value.`);
  const problem = topicConfigsProblem(configs);
  if (problem) return refuse(problem.error, problem.message);
  const placed = spec.assignments.length > 0 ? planAssigned(spec, image) : planPlaced(spec, image, defaults);
  return "kind" in placed ? placed : { ...placed, configs: Object.fromEntries(configs) };
}

/** The configs, or the name of one without a value. */
function givenConfigs({ configs }: TopicSpec): ReadonlyMap<string, string> | string {
  const given = new Map<string, string>();
  for (const [name, value] of configs) {
    if (value === null) return name;
    given.set(name, value);
  }
  return given;
}

type Placement = Omit<Plan, "configs">;

function planAssigned(spec: TopicSpec, image: ClusterImage): Placement | RefusedCreation {
  if (spec.numPartitions !== DEFAULT || spec.replicationFactor !== DEFAULT) {
    return refuse("INVALID_REQUEST", "With an assignment, the number of partitions and the replication factor must both be -1.");
  }
  const ordered = orderAssignments(spec.assignments);
  if ("problem" in ordered) return refuse("INVALID_REPLICA_ASSIGNMENT", ordered.problem);
  const assigned = assignPartitions(brokerIds(image), ordered.chosen);
  if ("problem" in assigned) return refuse("INVALID_REPLICA_ASSIGNMENT", assigned.problem);
  return { partitions: assigned.partitions, replicationFactor: ordered.chosen[0]?.length ?? 1 };
}

function planPlaced(spec: TopicSpec, image: ClusterImage, defaults: CreationDefaults): Placement | RefusedCreation {
  const partitionCount = spec.numPartitions === DEFAULT ? defaults.numPartitions : spec.numPartitions;
  const replicationFactor = spec.replicationFactor === DEFAULT ? defaults.defaultReplicationFactor : spec.replicationFactor;
  if (partitionCount <= 0)
    return refuse("INVALID_PARTITIONS", `${partitionCount} partitions: there must be at least one, or -1 for the default.`);
  if (partitionCount > MAX_PARTITIONS_PER_TOPIC) {
    return refuse("INVALID_PARTITIONS", `${partitionCount} partitions: one topic has at most ${MAX_PARTITIONS_PER_TOPIC}.`);
  }
  if (replicationFactor <= 0) {
    return refuse(
      "INVALID_REPLICATION_FACTOR",
      `A replication factor of ${replicationFactor}: it must be at least 1, or -1 for the default.`,
    );
  }
  const partitions = placePartitions({ brokers: brokerIds(image), partitionCount, replicationFactor, firstIndex: 0 });
  return { partitions, replicationFactor };
}

export const brokerIds = (image: ClusterImage): readonly number[] => image.brokers.map(({ id }) => id);
