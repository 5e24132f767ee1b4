// The APIs we serve: what is not in this table is not advertised.
import type { Handler } from "../handler.js";
import type { ServedApi } from "../services.js";
import { produce } from "./00-produce.js";
import { fetch } from "./01-fetch.js";
import { listOffsets } from "./02-list-offsets.js";
import { metadata } from "./03-metadata.js";
import { apiVersions } from "./18-api-versions.js";
import { createTopics } from "./19-create-topics.js";
import { deleteTopics } from "./20-delete-topics.js";
import { deleteRecords } from "./21-delete-records.js";
import { initProducerId } from "./22-init-producer-id.js";
import { offsetForLeaderEpoch } from "./23-offset-for-leader-epoch.js";
import { describeConfigs } from "./32-describe-configs.js";
import { alterConfigs } from "./33-alter-configs.js";
import { describeLogDirs } from "./35-describe-log-dirs.js";
import { createPartitions } from "./37-create-partitions.js";
import { electLeaders } from "./43-elect-leaders.js";
import { incrementalAlterConfigs } from "./44-incremental-alter-configs.js";
import { alterPartitionReassignments } from "./45-alter-partition-reassignments.js";
import { listPartitionReassignments } from "./46-list-partition-reassignments.js";
import { describeQuorum } from "./55-describe-quorum.js";
import { describeCluster } from "./60-describe-cluster.js";
import { describeProducers } from "./61-describe-producers.js";
import { listConfigResources } from "./74-list-config-resources.js";
import { describeTopicPartitions } from "./75-describe-topic-partitions.js";

const handlers: readonly Handler[] = [
  produce,
  fetch,
  listOffsets,
  metadata,
  apiVersions,
  createTopics,
  deleteTopics,
  deleteRecords,
  initProducerId,
  offsetForLeaderEpoch,
  describeConfigs,
  alterConfigs,
  describeLogDirs,
  createPartitions,
  electLeaders,
  incrementalAlterConfigs,
  alterPartitionReassignments,
  listPartitionReassignments,
  describeQuorum,
  describeCluster,
  describeProducers,
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
