export { type Client, createClient } from "./client.js";
export { type Cluster, clusterOf } from "./cluster/cluster.js";
export type { ClusterInfo, PartitionInfo, TopicInfo } from "./cluster/metadata.js";
export { ClientError, type ClientErrorCode } from "./errors.js";
export type { ClientOptions, World } from "./options.js";
export type {
  Acks,
  Bytes,
  Delivery,
  Headers,
  HeaderValue,
  PartitionChoice,
  Partitioner,
  ProducerOptions,
  ProducerRecord,
  Serializer,
} from "./producer/options.js";
export type { Producer, SendOptions } from "./producer/producer.js";
