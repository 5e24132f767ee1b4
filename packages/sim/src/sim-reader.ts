// Reads a partition as consumers do: from an offset on, over and over, telling what it saw.
import { errorByCode, Fetch, ListOffsets } from "@moldau/protocol";
import { batches, records } from "@moldau/records";
import type { SeenRecord } from "./ledger.js";
import type { Reconnecting } from "./reconnecting.js";

const FETCH_VERSION = 11;
const LIST_OFFSETS_VERSION = 4;
const EARLIEST = -2;
const LATEST = -1;
const RETRY_MS = 10;

/** One fetch: the records from `offset` on that came, or "gone" when they were deleted, "again" when the broker could not say. */
export async function fetchOnce(
  client: Reconnecting,
  topic: string,
  partition: number,
  offset: number,
  maxBytes: number,
): Promise<readonly SeenRecord[] | "gone" | "again"> {
  const { responses } = await client.request(Fetch, FETCH_VERSION, {
    replicaId: -1,
    maxWaitMs: 50,
    minBytes: 1,
    maxBytes,
    isolationLevel: 0,
    sessionId: 0,
    sessionEpoch: -1,
    topics: [{ topic, partitions: [{ partition, fetchOffset: offset, partitionMaxBytes: maxBytes }] }],
    forgottenTopicsData: [],
  });
  const answer = responses[0]?.partitions[0];
  if (!answer) throw new Error("a fetch was answered without its partition");
  const { name } = errorByCode(answer.errorCode);
  if (name === "OFFSET_OUT_OF_RANGE") return "gone";
  if (name !== "NONE") return "again";
  return decode(answer.records ?? new Uint8Array(0), offset, answer.highWatermark);
}

function decode(bytes: Uint8Array, from: number, highWatermark: number): readonly SeenRecord[] {
  const seen: SeenRecord[] = [];
  for (const position of batches(bytes, 0, bytes.length)) {
    for (const { offset, value } of records(bytes, position)) {
      if (offset >= highWatermark) throw new Error(`offset ${offset} was given, at or above the high watermark ${highWatermark}`);
      if (offset >= from)
        seen.push({
          offset,
          value: Buffer.from(value ?? [])
            .toString()
            .trimEnd(),
        });
    }
  }
  return seen;
}

/** The log start offset or, with "latest", the high watermark. */
export async function offsetOf(client: Reconnecting, topic: string, partition: number, which: "earliest" | "latest"): Promise<number> {
  for (;;) {
    const { topics } = await client.insist(ListOffsets, LIST_OFFSETS_VERSION, {
      replicaId: -1,
      isolationLevel: 0,
      topics: [{ name: topic, partitions: [{ partitionIndex: partition, timestamp: which === "earliest" ? EARLIEST : LATEST }] }],
    });
    const answer = topics[0]?.partitions[0];
    if (answer?.errorCode === 0) return answer.offset;
    await client.pause(RETRY_MS);
  }
}

/** Everything from the log start offset to the high watermark. */
export async function readAll(client: Reconnecting, topic: string, partition: number) {
  const logStartOffset = await offsetOf(client, topic, partition, "earliest");
  const end = await offsetOf(client, topic, partition, "latest");
  const log: SeenRecord[] = [];
  for (let offset = logStartOffset; offset < end; ) {
    const found = await fetchOnce(client, topic, partition, offset, 8_192);
    if (typeof found === "string")
      throw new Error(`partition ${partition}: offset ${offset} of [${logStartOffset}, ${end}) could not be read: ${found}`);
    log.push(...found);
    offset = (found.at(-1)?.offset ?? offset - 1) + 1;
  }
  return { logStartOffset, end, log };
}
