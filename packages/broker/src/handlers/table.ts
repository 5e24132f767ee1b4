// The APIs we serve: what is not in this table is not advertised.
import type { Handler } from "../handler.js";
import type { ServedApi } from "../services.js";
import { produce } from "./00-produce.js";
import { fetch } from "./01-fetch.js";
import { listOffsets } from "./02-list-offsets.js";
import { metadata } from "./03-metadata.js";
import { offsetCommit } from "./08-offset-commit.js";
import { offsetFetch } from "./09-offset-fetch.js";
import { findCoordinator } from "./10-find-coordinator.js";
import { joinGroup } from "./11-join-group.js";
import { heartbeat } from "./12-heartbeat.js";
import { leaveGroup } from "./13-leave-group.js";
import { syncGroup } from "./14-sync-group.js";
import { describeGroups } from "./15-describe-groups.js";
import { listGroups } from "./16-list-groups.js";
import { apiVersions } from "./18-api-versions.js";
import { createTopics } from "./19-create-topics.js";
import { deleteTopics } from "./20-delete-topics.js";
import { deleteRecords } from "./21-delete-records.js";
import { initProducerId } from "./22-init-producer-id.js";
import { offsetForLeaderEpoch } from "./23-offset-for-leader-epoch.js";
import { addPartitionsToTxn } from "./24-add-partitions-to-txn.js";
import { addOffsetsToTxn } from "./25-add-offsets-to-txn.js";
import { endTxn } from "./26-end-txn.js";
import { writeTxnMarkers } from "./27-write-txn-markers.js";
import { txnOffsetCommit } from "./28-txn-offset-commit.js";
import { describeConfigs } from "./32-describe-configs.js";
import { alterConfigs } from "./33-alter-configs.js";
import { describeLogDirs } from "./35-describe-log-dirs.js";
import { createPartitions } from "./37-create-partitions.js";
import { deleteGroups } from "./42-delete-groups.js";
import { electLeaders } from "./43-elect-leaders.js";
import { incrementalAlterConfigs } from "./44-incremental-alter-configs.js";
import { alterPartitionReassignments } from "./45-alter-partition-reassignments.js";
import { listPartitionReassignments } from "./46-list-partition-reassignments.js";
import { offsetDelete } from "./47-offset-delete.js";
import { describeQuorum } from "./55-describe-quorum.js";
import { describeCluster } from "./60-describe-cluster.js";
import { describeProducers } from "./61-describe-producers.js";
import { describeTransactions } from "./65-describe-transactions.js";
import { listTransactions } from "./66-list-transactions.js";
import { consumerGroupHeartbeat } from "./68-consumer-group-heartbeat.js";
import { consumerGroupDescribe } from "./69-consumer-group-describe.js";
import { listConfigResources } from "./74-list-config-resources.js";
import { describeTopicPartitions } from "./75-describe-topic-partitions.js";

const handlers: readonly Handler[] = [
  produce,
  fetch,
  listOffsets,
  metadata,
  offsetCommit,
  offsetFetch,
  findCoordinator,
  joinGroup,
  heartbeat,
  leaveGroup,
  syncGroup,
  describeGroups,
  listGroups,
  apiVersions,
  createTopics,
  deleteTopics,
  deleteRecords,
  initProducerId,
  offsetForLeaderEpoch,
  addPartitionsToTxn,
  addOffsetsToTxn,
  endTxn,
  writeTxnMarkers,
  txnOffsetCommit,
  describeConfigs,
  alterConfigs,
  describeLogDirs,
  createPartitions,
  deleteGroups,
  electLeaders,
  incrementalAlterConfigs,
  alterPartitionReassignments,
  listPartitionReassignments,
  offsetDelete,
  describeQuorum,
  describeCluster,
  describeProducers,
  describeTransactions,
  listTransactions,
  consumerGroupHeartbeat,
  consumerGroupDescribe,
  listConfigResources,
  describeTopicPartitions,
];

/** By API key. */
export const handlerTable: ReadonlyMap<number, Handler> = new Map(handlers.map((handler) => [handler.api.key, handler]));

/** What ApiVersions tells. */
export const servedApis: readonly ServedApi[] = handlers.map(({ api: { key, stableVersions } }) => ({
  apiKey: key,
  minVersion: stableVersions.min,
  maxVersion: stableVersions.max,
}));
