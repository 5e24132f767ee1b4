// What most tests begin with: a topic, batches in it, and reading them back.
import { CreateTopics, errorByCode, Fetch, Metadata, Produce, type ResponseOf } from "@moldau/protocol";
import { type BatchInput, batches, buildBatch, readBatchHeader, records } from "@moldau/records";
import type { TestClient } from "./test-client.js";

export interface TopicOptions {
  readonly partitions?: number;
  readonly configs?: Readonly<Record<string, string>>;
}

/** Creates a topic; gives its id. */
export async function createTopic(client: TestClient, name: string, { partitions = 1, configs = {} }: TopicOptions = {}): Promise<string> {
  const { topics } = await client.ask(CreateTopics, 7, {
    topics: [
      {
        name,
        numPartitions: partitions,
        replicationFactor: 1,
        assignments: [],
        configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
      },
    ],
  });
  const [topic] = topics;
  if (topic?.errorCode !== 0) throw new Error(`${name}: ${topic?.errorMessage ?? "no answer"}`);
  return topic.topicId;
}

export async function topicIdOf(client: TestClient, name: string): Promise<string> {
  const { topics } = await client.ask(Metadata, 12, { topics: [{ name }], allowAutoTopicCreation: false });
  return topics[0]?.topicId ?? "";
}

/** What records of tests are stamped with. */
export const TIMESTAMP = 1_700_000_000_000;

/** A batch with one record of each value. */
export const batchOf = (values: readonly string[], input: Partial<BatchInput> = {}): Uint8Array =>
  buildBatch({ records: values.map((value) => ({ value: Buffer.from(value), timestamp: TIMESTAMP })), ...input });

export type Produced = ResponseOf<typeof Produce>["responses"][number]["partitionResponses"][number];

/** Produces one batch with acks=all and gives the partition's answer. */
export async function produce(
  client: TestClient,
  topic: string,
  batch: Uint8Array | null,
  { partition = 0, acks = -1, version = 12 }: { readonly partition?: number; readonly acks?: number; readonly version?: number } = {},
): Promise<Produced> {
  const { responses } = await client.ask(Produce, version, {
    transactionalId: null,
    acks,
    timeoutMs: 1_000,
    topicData: [{ name: topic, partitionData: [{ index: partition, records: batch }] }],
  });
  const answer = responses[0]?.partitionResponses[0];
  if (!answer) throw new Error("produce was not answered");
  return answer;
}

export type Fetched = ResponseOf<typeof Fetch>["responses"][number]["partitions"][number];

/** Fetches from one partition without waiting. */
export async function fetchFrom(client: TestClient, topic: string, fetchOffset: number, partition = 0): Promise<Fetched> {
  const { responses } = await client.ask(Fetch, 12, {
    maxWaitMs: 0,
    minBytes: 1,
    topics: [{ topic, partitions: [{ partition, fetchOffset, partitionMaxBytes: 1024 * 1024 }] }],
    forgottenTopicsData: [],
  });
  const answer = responses[0]?.partitions[0];
  if (!answer) throw new Error("fetch was not answered");
  return answer;
}

/** The values of records as they lie in a fetch's answer. */
export function valuesIn(bytes: Uint8Array | null): string[] {
  if (!bytes) return [];
  return [...batches(bytes)].flatMap((batch) => [...records(bytes, batch)].map(({ value }) => Buffer.from(value ?? []).toString()));
}

export const headersIn = (bytes: Uint8Array | null) => (bytes ? [...batches(bytes)].map((at) => readBatchHeader(bytes, at)) : []);

/** An error code by its name. */
export const nameOf = (code: number): string => errorByCode(code).name;
