// What a consumer sees that reads only what is committed: it is given the aborted transactions, and leaves their records out.
import { batches, controlType, readBatchHeader, records } from "@moldau/records";
import type { TestClient } from "./test-client.js";
import { fetchCommitted } from "./transactions.js";

/** The values of all committed records of a partition, as Kafka's consumer would find them. */
export async function committedRecords(client: TestClient, topic: string, partition = 0): Promise<string[]> {
  const values: string[] = [];
  for (let from = 0; ; ) {
    const { records: bytes, abortedTransactions, lastStableOffset } = await fetchCommitted(client, topic, from, { partition });
    if (!bytes || bytes.length === 0) return values;
    const awaited = [...(abortedTransactions ?? [])].sort((a, b) => a.firstOffset - b.firstOffset);
    const aborted = new Set<number>();
    for (const at of batches(bytes)) {
      const header = readBatchHeader(bytes, at);
      if (header.lastOffset >= lastStableOffset) throw new Error(`offset ${header.lastOffset} is not stable: ${lastStableOffset}`);
      from = header.lastOffset + 1;
      while (awaited[0] && awaited[0].firstOffset <= header.lastOffset) aborted.add(awaited.shift()?.producerId ?? -1);
      const [first] = records(bytes, at);
      if (header.control) {
        if (first && controlType(first) === "ABORT") aborted.delete(header.producerId);
      } else if (!header.transactional || !aborted.has(header.producerId)) {
        for (const { value } of records(bytes, at)) values.push(Buffer.from(value ?? []).toString());
      }
    }
  }
}
