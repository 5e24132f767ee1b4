// Every API that is advertised is served in every version that is advertised.
import { type Api, ApiVersions, apis, errors } from "@moldau/protocol";
import { ZERO_UUID } from "@moldau/std";
import { describe, expect, it } from "vitest";
import { brokerOfFile } from "../testing/brokers-of-tests.js";
import { batchOf, createTopic } from "../testing/topics.js";

const { broker, client } = await brokerOfFile();
const topicId = await createTopic(client, "t");

/** A request that an API serves in all its versions: fields that a version lacks may be dropped. */
const requests: Readonly<Record<string, (version: number) => object>> = {
  Produce: (version) => ({
    transactionalId: null,
    acks: -1,
    timeoutMs: 1_000,
    topicData: [{ ...(version < 13 ? { name: "t" } : { topicId }), partitionData: [{ index: 0, records: batchOf(["a"]) }] }],
  }),
  Fetch: (version) => ({
    maxWaitMs: 0,
    minBytes: 0,
    topics: [
      { ...(version < 13 ? { topic: "t" } : { topicId }), partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1_000 }] },
    ],
  }),
  ListOffsets: () => ({ replicaId: -1, topics: [{ name: "t", partitions: [{ partitionIndex: 0, timestamp: -1 }] }] }),
  Metadata: (version) => ({ topics: version === 0 ? [] : null }),
  OffsetCommit: () => ({
    groupId: "g",
    topics: [{ name: "t", topicId, partitions: [{ partitionIndex: 0, committedOffset: 1, committedMetadata: "" }] }],
  }),
  OffsetFetch: (version) =>
    version < 8
      ? { groupId: "g", topics: [{ name: "t", partitionIndexes: [0] }] }
      : { groups: [{ groupId: "g", topics: [{ name: "t", topicId, partitionIndexes: [0] }] }] },
  FindCoordinator: (version) => (version < 4 ? { key: "g" } : { coordinatorKeys: ["g"] }),
  JoinGroup: () => ({
    groupId: "j",
    sessionTimeoutMs: 10_000,
    memberId: "nobody",
    protocolType: "consumer",
    protocols: [{ name: "range", metadata: Buffer.of() }],
  }),
  Heartbeat: () => ({ groupId: "j", generationId: 1, memberId: "nobody" }),
  LeaveGroup: (version) => (version < 3 ? { groupId: "j", memberId: "nobody" } : { groupId: "j", members: [{ memberId: "nobody" }] }),
  SyncGroup: (version) => ({
    groupId: "j",
    generationId: 1,
    memberId: "nobody",
    ...(version < 5 ? {} : { protocolType: "consumer", protocolName: "range" }),
    assignments: [],
  }),
  DescribeGroups: () => ({ groups: ["g"] }),
  ListGroups: () => ({}),
  DeleteGroups: () => ({ groupsNames: ["nothing"] }),
  OffsetDelete: () => ({ groupId: "g", topics: [{ name: "t", partitions: [{ partitionIndex: 1 }] }] }),
  ConsumerGroupHeartbeat: () => ({ groupId: "c", memberId: "a-member", memberEpoch: 7, rebalanceTimeoutMs: 1_000 }),
  ConsumerGroupDescribe: () => ({ groupIds: ["nothing"] }),
  ApiVersions: (version) => (version < 3 ? {} : { clientSoftwareName: "test", clientSoftwareVersion: "1" }),
  CreateTopics: (version) => ({
    topics: [{ name: `v${version}`, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }],
  }),
  DeleteTopics: (version) =>
    version < 6 ? { topicNames: ["x"], timeoutMs: 1 } : { topics: [{ name: "x", topicId: ZERO_UUID }], timeoutMs: 1 },
  DeleteRecords: () => ({ topics: [{ name: "t", partitions: [{ partitionIndex: 0, offset: 0 }] }], timeoutMs: 1 }),
  InitProducerId: () => ({ transactionalId: null, transactionTimeoutMs: 1_000 }),
  OffsetForLeaderEpoch: () => ({ topics: [{ topic: "t", partitions: [{ partition: 0, leaderEpoch: 0 }] }] }),
  AddPartitionsToTxn: (version) => {
    const transaction = { transactionalId: "x", producerId: 1, producerEpoch: 0, topics: [{ name: "t", partitions: [0] }] };
    if (version >= 4) return { transactions: [transaction] };
    return {
      v3AndBelowTransactionalId: transaction.transactionalId,
      v3AndBelowProducerId: transaction.producerId,
      v3AndBelowProducerEpoch: transaction.producerEpoch,
      v3AndBelowTopics: transaction.topics,
    };
  },
  AddOffsetsToTxn: () => ({ transactionalId: "x", producerId: 1, producerEpoch: 0, groupId: "g" }),
  EndTxn: () => ({ transactionalId: "x", producerId: 1, producerEpoch: 0, committed: true }),
  WriteTxnMarkers: (version) => ({
    markers: [
      {
        producerId: 4_711,
        producerEpoch: version,
        transactionResult: true,
        topics: [{ name: "t", partitionIndexes: [0] }],
        coordinatorEpoch: 0,
        ...(version < 2 ? {} : { transactionVersion: 2 }),
      },
    ],
  }),
  TxnOffsetCommit: () => ({
    transactionalId: "x",
    groupId: "g",
    producerId: 1,
    producerEpoch: 0,
    topics: [{ name: "t", partitions: [{ partitionIndex: 0, committedOffset: 1, committedMetadata: "" }] }],
  }),
  DescribeTransactions: () => ({ transactionalIds: ["x"] }),
  ListTransactions: () => ({ stateFilters: [], producerIdFilters: [] }),
  DescribeConfigs: () => ({ resources: [{ resourceType: 2, resourceName: "t", configurationKeys: null }] }),
  AlterConfigs: () => ({ resources: [{ resourceType: 2, resourceName: "t", configs: [] }], validateOnly: true }),
  DescribeLogDirs: () => ({ topics: null }),
  CreatePartitions: () => ({ topics: [{ name: "t", count: 2, assignments: null }], timeoutMs: 1, validateOnly: true }),
  ElectLeaders: () => ({ topicPartitions: [{ topic: "t", partitions: [0] }], timeoutMs: 1 }),
  IncrementalAlterConfigs: () => ({ resources: [{ resourceType: 2, resourceName: "t", configs: [] }], validateOnly: true }),
  AlterPartitionReassignments: () => ({ timeoutMs: 1, topics: [{ name: "t", partitions: [{ partitionIndex: 0, replicas: [1] }] }] }),
  ListPartitionReassignments: () => ({ timeoutMs: 1, topics: null }),
  DescribeQuorum: () => ({ topics: [{ topicName: "__cluster_metadata", partitions: [{ partitionIndex: 0 }] }] }),
  DescribeCluster: () => ({ includeClusterAuthorizedOperations: true }),
  DescribeProducers: () => ({ topics: [{ name: "t", partitionIndexes: [0] }] }),
  ListConfigResources: () => ({}),
  DescribeTopicPartitions: () => ({ topics: [], cursor: null }),
};

/** All error codes in an answer, but those that the request asks for. */
function errorsIn(value: unknown): number[] {
  if (Array.isArray(value)) return value.flatMap(errorsIn);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => (name === "errorCode" ? [inner as number] : errorsIn(inner)));
}

const EXPECTED: Readonly<Record<string, number>> = {
  DeleteTopics: errors.UNKNOWN_TOPIC_OR_PARTITION.code,
  JoinGroup: errors.UNKNOWN_MEMBER_ID.code,
  Heartbeat: errors.UNKNOWN_MEMBER_ID.code,
  LeaveGroup: errors.UNKNOWN_MEMBER_ID.code,
  SyncGroup: errors.UNKNOWN_MEMBER_ID.code,
  DeleteGroups: errors.GROUP_ID_NOT_FOUND.code,
  OffsetDelete: errors.UNKNOWN_TOPIC_OR_PARTITION.code,
  ConsumerGroupHeartbeat: errors.GROUP_ID_NOT_FOUND.code,
  ConsumerGroupDescribe: errors.GROUP_ID_NOT_FOUND.code,
  AddOffsetsToTxn: errors.INVALID_PRODUCER_ID_MAPPING.code,
  EndTxn: errors.INVALID_PRODUCER_ID_MAPPING.code,
  TxnOffsetCommit: errors.INVALID_PRODUCER_ID_MAPPING.code,
  DescribeTransactions: errors.TRANSACTIONAL_ID_NOT_FOUND.code,
  ElectLeaders: errors.ELECTION_NOT_NEEDED.code,
};

describe("every API", () => {
  it("is served in each version that ApiVersions tells of", async () => {
    const { apiKeys } = await client.ask(ApiVersions, 4, { clientSoftwareName: "test", clientSoftwareVersion: "1" });
    expect(apiKeys.length).toBeGreaterThan(20);
    for (const { apiKey, minVersion, maxVersion } of apiKeys) {
      const api = Object.values<Api>(apis).find(({ key }) => key === apiKey);
      if (!api) throw new Error(`no API has the key ${apiKey}`);
      for (let version = minVersion; version <= maxVersion; version++) {
        const answer = await client.ask(api, version, requests[api.name]?.(version) as never);
        const told = errorsIn(answer).filter((code) => code !== EXPECTED[api.name]);
        expect(told.filter(Boolean), `${api.name} version ${version}`).toEqual([]);
        expect(JSON.stringify(answer, (_, value) => (typeof value === "bigint" ? String(value) : value)).length).toBeGreaterThan(2);
      }
    }
    expect(broker.fatal).toEqual([]);
  });
});
