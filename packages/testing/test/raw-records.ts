// Topics and records for tests of the consumer, written with the requests themselves: batches come exactly as the test says.
import { type Client, ClientError } from "@moldau/client";
import { CreateTopics, errorByCode, Produce } from "@moldau/protocol";
import { type BatchInput, buildBatch } from "@moldau/records";

const CREATE_TIMEOUT_MS = 10_000;
const BY_NAME = 12;

export async function createTopic(
  { cluster }: Client,
  name: string,
  numPartitions = 1,
  configs: Readonly<Record<string, string>> = {},
): Promise<void> {
  const answer = await cluster.retrying({}, () =>
    cluster.ask(CreateTopics, {
      topics: [
        {
          name,
          numPartitions,
          replicationFactor: 1,
          assignments: [],
          configs: Object.entries(configs).map(([config, value]) => ({ name: config, value })),
        },
      ],
      timeoutMs: CREATE_TIMEOUT_MS,
      validateOnly: false,
    }),
  );
  const errorCode = answer.topics[0]?.errorCode ?? -1;
  if (errorCode !== 0) throw new Error(`${name} was not created: ${errorByCode(errorCode).name}`);
}

/** Records of these values, each in a batch as `batch` says; resolves to the first one's offset. */
export function produce(
  client: Client,
  topic: string,
  partition: number,
  values: readonly string[],
  batch: Partial<BatchInput> = {},
): Promise<number> {
  const now = Date.now();
  const records = values.map((value) => ({ value: Buffer.from(value), timestamp: now }));
  return produceBatch(client, topic, partition, buildBatch({ records, ...batch }));
}

export function produceBatch(
  { cluster }: Client,
  topic: string,
  partition: number,
  batch: Uint8Array,
  transactionalId: string | null = null,
): Promise<number> {
  return cluster.retrying({}, async () => {
    const { partitions } = await cluster.metadata.topic(topic);
    const leader = partitions[partition]?.leader ?? -1;
    const answer = await cluster.askBroker(
      leader,
      Produce,
      {
        transactionalId,
        acks: -1,
        timeoutMs: CREATE_TIMEOUT_MS,
        topicData: [{ name: topic, partitionData: [{ index: partition, records: [batch] }] }],
      },
      { maxVersion: BY_NAME },
    );
    const { errorCode, baseOffset } = answer.responses[0]?.partitionResponses[0] ?? { errorCode: -1, baseOffset: -1 };
    const { name, retriable } = errorByCode(errorCode);
    if (errorCode !== 0) {
      await cluster.metadata.refresh([topic]);
      throw new ClientError(name, `the batch was refused: ${name}`, { retriable });
    }
    return baseOffset;
  });
}

/** "0".."count - 1" with a prefix. */
export const numbered = (count: number, prefix = ""): string[] => Array.from({ length: count }, (_, i) => `${prefix}${i}`);
