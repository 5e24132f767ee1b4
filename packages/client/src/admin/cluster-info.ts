// The cluster as a whole: its brokers, its features, its metadata quorum.
import { ApiVersions, DescribeCluster, DescribeQuorum, type ResponseOf, UpdateFeatures } from "@moldau/protocol";
import { assert } from "@moldau/std";
import type { Cluster } from "../cluster/cluster.js";
import { errorOf } from "../errors.js";
import { type Operation, operationsOf } from "./operations.js";
import { outcome } from "./outcome.js";
import { type AdminOptions, type AskFor, inRounds } from "./rounds.js";
import { toController } from "./routes.js";

export interface ClusterDescription {
  /** Null where the brokers are too old to have one. */
  readonly clusterId: string | null;
  /** Whom to ask for changes; undefined while there is none. */
  readonly controller: number | undefined;
  readonly brokers: readonly BrokerDescription[];
  readonly operations: readonly Operation[];
}

export interface BrokerDescription {
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
  readonly rack: string | undefined;
  /** Registered, but not serving (KIP-1073). */
  readonly isFenced: boolean;
}

export interface Features {
  /** Levels in use by all brokers, by name: metadata.version, transaction.version, group.version, … (KIP-584) */
  readonly finalized: ReadonlyMap<string, number>;
  /** What the broker that was asked could do. */
  readonly supported: ReadonlyMap<string, { readonly min: number; readonly max: number }>;
}

export interface FeatureUpdate {
  readonly feature: string;
  /** 0 takes it out of use. */
  readonly level: number;
  /** Whether its level may go down: "safe" only if no data would be lost. */
  readonly downgrade?: "safe" | "unsafe";
}

export interface Quorum {
  readonly leader: number;
  readonly leaderEpoch: number;
  readonly highWatermark: number;
  readonly voters: readonly QuorumReplica[];
  readonly observers: readonly QuorumReplica[];
}

export interface QuorumReplica {
  readonly nodeId: number;
  readonly logEndOffset: number;
  /** Milliseconds since 1970; undefined where the broker does not say. */
  readonly lastFetchMs: number | undefined;
  readonly lastCaughtUpMs: number | undefined;
}

/** All reject with ClientError. */
export interface ClusterInfos {
  describe(options?: AdminOptions & { readonly includeFenced?: boolean }): Promise<ClusterDescription>;
  features(options?: AdminOptions): Promise<Features>;
  /** All of them, or none. Errors: FEATURE_UPDATE_FAILED, INVALID_UPDATE_VERSION, … */
  updateFeatures(updates: readonly FeatureUpdate[], options?: AdminOptions & { readonly validateOnly?: boolean }): Promise<void>;
  quorum(options?: AdminOptions): Promise<Quorum>;
}

/** The first version of DescribeCluster that knows fenced brokers. */
const FENCED = 2;
/** The first version of UpdateFeatures that can be tried without effect. */
const VALIDATE_ONLY = 1;
const UPGRADE_CODES = { upgrade: 1, safe: 2, unsafe: 3 } as const;
const METADATA_TOPIC = "__cluster_metadata";

export function clusterInfos(cluster: Cluster): ClusterInfos {
  const once = async <Value>(askFor: AskFor<"cluster", Value>, options: AdminOptions): Promise<Value> => {
    const [value] = await inRounds(cluster, ["cluster"] as const, toController(cluster), askFor, options);
    return value as Value;
  };
  return {
    describe: ({ includeFenced = false, ...options } = {}) =>
      once(async (ask, nodeId, [item = "cluster"]) => {
        const answer = await ask(nodeId, DescribeCluster, (version) => ({
          includeClusterAuthorizedOperations: true,
          ...(version >= FENCED && { includeFencedBrokers: includeFenced }),
        }));
        return [outcome(item, errorOf(answer.errorCode, answer.errorMessage), () => descriptionOf(answer))];
      }, options),
    features: (options = {}) =>
      once(async (ask, nodeId, [item = "cluster"]) => {
        const answer = await ask(nodeId, ApiVersions, SOFTWARE);
        const finalized = new Map(answer.finalizedFeatures.map(({ name, maxVersionLevel }) => [name, maxVersionLevel]));
        const supported = new Map(
          answer.supportedFeatures.map(({ name, minVersion, maxVersion }) => [name, { min: minVersion, max: maxVersion }]),
        );
        return [outcome(item, errorOf(answer.errorCode), () => ({ finalized, supported }))];
      }, options),
    updateFeatures: (updates, { validateOnly = false, ...options } = {}) =>
      once(async (ask, nodeId, [item = "cluster"]) => {
        const answer = await ask(nodeId, UpdateFeatures, (version) => ({
          featureUpdates: updates.map(({ feature, level, downgrade }) => ({
            feature,
            maxVersionLevel: level,
            ...(version >= VALIDATE_ONLY
              ? { upgradeType: UPGRADE_CODES[downgrade ?? "upgrade"] }
              : { allowDowngrade: downgrade !== undefined }),
          })),
          validateOnly,
        }));
        const failure = answer.results.find(({ errorCode }) => errorCode !== 0) ?? answer;
        return [outcome(item, errorOf(failure.errorCode, failure.errorMessage), () => {})];
      }, options),
    quorum: (options = {}) =>
      once(async (ask, nodeId, [item = "cluster"]) => {
        const topics = [{ topicName: METADATA_TOPIC, partitions: [{ partitionIndex: 0 }] }];
        const answer = await ask(nodeId, DescribeQuorum, { topics });
        const partition = answer.topics[0]?.partitions[0];
        const error = errorOf(answer.errorCode || (partition?.errorCode ?? 0), answer.errorMessage ?? partition?.errorMessage);
        return [outcome(item, error, () => quorumOf(partition))];
      }, options),
  };
}

const SOFTWARE = { clientSoftwareName: "moldau", clientSoftwareVersion: "0.1.0" };

function descriptionOf(answer: ResponseOf<typeof DescribeCluster>): ClusterDescription {
  const { clusterId, controllerId, brokers, clusterAuthorizedOperations } = answer;
  const described = brokers.map(({ brokerId, host, port, rack, isFenced }) => ({
    nodeId: brokerId,
    host,
    port,
    rack: rack ?? undefined,
    isFenced,
  }));
  return {
    clusterId,
    controller: controllerId < 0 ? undefined : controllerId,
    brokers: described.sort((a, b) => a.nodeId - b.nodeId),
    operations: operationsOf(clusterAuthorizedOperations),
  };
}

type QuorumPartition = ResponseOf<typeof DescribeQuorum>["topics"][number]["partitions"][number];

function quorumOf(partition: QuorumPartition | undefined): Quorum {
  assert(partition, "a partition that was asked for was answered");
  const { leaderId, leaderEpoch, highWatermark, currentVoters, observers } = partition;
  return { leader: leaderId, leaderEpoch, highWatermark, voters: currentVoters.map(replicaOf), observers: observers.map(replicaOf) };
}

const replicaOf = ({ replicaId, logEndOffset, lastFetchTimestamp, lastCaughtUpTimestamp }: QuorumPartition["currentVoters"][number]) => ({
  nodeId: replicaId,
  logEndOffset,
  lastFetchMs: lastFetchTimestamp < 0 ? undefined : lastFetchTimestamp,
  lastCaughtUpMs: lastCaughtUpTimestamp < 0 ? undefined : lastCaughtUpTimestamp,
});
