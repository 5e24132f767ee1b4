// What can be asked and changed about a cluster, subject by subject.
import type { Cluster } from "../cluster/cluster.js";
import { type Acls, aclsOf } from "./acls.js";
import { type ClusterInfos, clusterInfos } from "./cluster-info.js";
import { type Configs, configsOf } from "./configs.js";
import { type GroupDescriptions, groupDescriptions } from "./describe-groups.js";
import { type TopicQuestions, topicQuestions } from "./describe-topics.js";
import { type GroupOffsets, groupOffsets } from "./group-offsets.js";
import { type Groups, groupsOf } from "./groups.js";
import { type LogDirs, logDirsOf } from "./log-dirs.js";
import { type Offsets, offsetsOf } from "./offsets.js";
import { type Quotas, quotasOf } from "./quotas.js";
import { type Replicas, replicasOf } from "./replicas.js";
import { type ScramCredentials, scramCredentials } from "./scram.js";
import { type ShareOffsets, shareOffsets } from "./share-offsets.js";
import { type DelegationTokens, delegationTokens } from "./tokens.js";
import { type TopicChanges, topicChanges } from "./topics.js";
import { type Transactions, transactionsOf } from "./transactions.js";

/**
 * Each call asks the broker that knows (controller, leader, coordinator, or all) and tries again while that may help. What a broker is too
 * old for, or has not got, fails with UNSUPPORTED_BY_BROKER.
 */
export interface Admin {
  readonly topics: TopicChanges & TopicQuestions;
  readonly configs: Configs;
  readonly groups: Groups & GroupDescriptions & GroupOffsets;
  readonly shareOffsets: ShareOffsets;
  /** Of partitions: where they begin and end, and records deleted from their beginning. */
  readonly offsets: Offsets;
  readonly cluster: ClusterInfos;
  readonly transactions: Transactions;
  readonly logDirs: LogDirs;
  readonly replicas: Replicas;
  readonly acls: Acls;
  readonly quotas: Quotas;
  readonly scram: ScramCredentials;
  readonly tokens: DelegationTokens;
}

export const adminOf = (cluster: Cluster): Admin => ({
  topics: { ...topicChanges(cluster), ...topicQuestions(cluster) },
  configs: configsOf(cluster),
  groups: { ...groupsOf(cluster), ...groupDescriptions(cluster), ...groupOffsets(cluster) },
  shareOffsets: shareOffsets(cluster),
  offsets: offsetsOf(cluster),
  cluster: clusterInfos(cluster),
  transactions: transactionsOf(cluster),
  logDirs: logDirsOf(cluster),
  replicas: replicasOf(cluster),
  acls: aclsOf(cluster),
  quotas: quotasOf(cluster),
  scram: scramCredentials(cluster),
  tokens: delegationTokens(cluster),
});
