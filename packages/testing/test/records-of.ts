// What a topic holds, read with plain requests: what tests of producers look at.
import { type Cluster, clusterOf } from "@moldau/client";
import { Fetch, ListOffsets } from "@moldau/protocol";
import { type Record as BrokerRecord, batches, readBatchHeader, records } from "@moldau/records";
import { expect } from "vitest";

export interface ReadRecord {
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: readonly (readonly [string, string | null])[];
}

const text = (bytes: Uint8Array | null) => bytes && Buffer.from(bytes).toString();

/** All records of all partitions, one partition after another; only committed ones when asked so, for which no transaction may be open. */
export async function recordsOf(
  bootstrap: string,
  topic: string,
  isolation: "committed" | "uncommitted" = "uncommitted",
): Promise<readonly ReadRecord[]> {
  const cluster = clusterOf({ bootstrap });
  try {
    const { partitions } = await cluster.metadata.topic(topic);
    const all: ReadRecord[] = [];
    for (const { partition, leader } of partitions) all.push(...(await partitionRecords(cluster, topic, partition, leader, isolation)));
    return all;
  } finally {
    cluster.close();
  }
}

async function partitionRecords(
  cluster: Cluster,
  topic: string,
  partition: number,
  leader: number,
  isolation: "committed" | "uncommitted",
): Promise<readonly ReadRecord[]> {
  const isolationLevel = isolation === "committed" ? 1 : 0;
  const endAt = async (level: number): Promise<number> => {
    const topics = [{ name: topic, partitions: [{ partitionIndex: partition, timestamp: -1 }] }];
    const answer = await cluster.askBroker(leader, ListOffsets, { replicaId: -1, isolationLevel: level, topics });
    return answer.topics[0]?.partitions[0]?.offset ?? 0;
  };
  // A transaction that is over is so in every partition only after a moment: then nothing lies behind the last stable offset.
  if (isolation === "committed") await expect.poll(async () => (await endAt(1)) - (await endAt(0)), { timeout: 5000 }).toBe(0);
  const end = await endAt(isolationLevel);
  const read: ReadRecord[] = [];
  for (let fetchOffset = 0; fetchOffset < end; ) {
    const answer = await cluster.askBroker(
      leader,
      Fetch,
      {
        maxWaitMs: 1000,
        minBytes: 1,
        isolationLevel,
        topics: [{ topic, partitions: [{ partition, fetchOffset, partitionMaxBytes: 64 * 1024 * 1024 }] }],
      },
      { maxVersion: LAST_BY_NAME },
    );
    const found = answer.responses[0]?.partitions[0];
    if (found?.errorCode !== 0 || !found.records) throw new Error(`fetch of ${topic}-${partition}: error ${found?.errorCode}`);
    const aborted = found.abortedTransactions ?? [];
    const ended = new Map<number, number>();
    for (const position of batches(found.records)) {
      const header = readBatchHeader(found.records, position);
      fetchOffset = header.lastOffset + 1;
      if (header.control) ended.set(header.producerId, header.baseOffset);
      const since = ended.get(header.producerId) ?? -1;
      const isAborted = aborted.some(
        ({ producerId, firstOffset }) => producerId === header.producerId && firstOffset <= header.baseOffset && since < firstOffset,
      );
      if (header.control || isAborted) continue;
      for (const record of records(found.records, position)) read.push(readable(partition, record));
    }
  }
  return read;
}

/** Later versions name topics by their ids. */
const LAST_BY_NAME = 12;

const readable = (partition: number, { offset, timestamp, key, value, headers }: BrokerRecord): ReadRecord => ({
  partition,
  offset,
  timestamp,
  key: text(key),
  value: text(value),
  headers: headers.map((header) => [header.key, text(header.value)] as const),
});
