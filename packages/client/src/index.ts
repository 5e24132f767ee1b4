export { type Cluster, clusterOf } from "./cluster/cluster.js";
export type { ClusterInfo, PartitionInfo, TopicInfo } from "./cluster/metadata.js";
export { ClientError, type ClientErrorCode } from "./errors.js";
export type { ClientOptions, World } from "./options.js";
