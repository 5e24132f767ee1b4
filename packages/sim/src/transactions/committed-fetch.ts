// A fetch as consumers do it who want only what is committed: they are told which transactions were aborted, and leave their records out.
import { errorByCode, Fetch, type ResponseOf } from "@moldau/protocol";
import { batchCrc, batches, controlType, type Record, readBatchHeader, records } from "@moldau/records";
import type { Reconnecting } from "../clients/reconnecting.js";
import type { SimTopic } from "../clients/topic.js";
import type { SeenText } from "./book.js";

export interface Fetched {
  readonly records: readonly SeenText[];
  /** Where to go on: behind the last batch. */
  readonly nextOffset: number;
  readonly lastStableOffset: number;
  readonly highWatermark: number;
}

export interface FetchPlace {
  readonly topic: SimTopic;
  readonly partition: number;
  readonly offset: number;
  readonly maxBytes: number;
  readonly committedOnly: boolean;
}

const VERSION = 13;
const READ_COMMITTED = 1;
const CRC_AT = 17;

type Answer = ResponseOf<typeof Fetch>["responses"][number]["partitions"][number];

/** Undefined: ask again. Rejects with ConnectionLost. */
export async function fetchTexts(client: Reconnecting, place: FetchPlace): Promise<Fetched | undefined> {
  const { topic, partition, offset, maxBytes, committedOnly } = place;
  const { responses } = await client.request(Fetch, VERSION, {
    maxWaitMs: 20,
    minBytes: 1,
    maxBytes,
    isolationLevel: committedOnly ? READ_COMMITTED : 0,
    sessionId: 0,
    sessionEpoch: -1,
    topics: [{ topicId: topic.id, partitions: [{ partition, fetchOffset: offset, partitionMaxBytes: maxBytes }] }],
    forgottenTopicsData: [],
  });
  const answer = responses[0]?.partitions[0];
  if (!answer) throw new Error("a fetch was answered without its partition");
  const { name, retriable } = errorByCode(answer.errorCode);
  if (name === "NONE") return readable(place, answer);
  if (retriable && name !== "CORRUPT_MESSAGE") return undefined;
  throw new Error(`${topic.name}-${partition}: a fetch from offset ${offset} is answered with ${name}`);
}

function readable({ topic, partition, offset, committedOnly }: FetchPlace, answer: Answer): Fetched {
  const title = `${topic.name}-${partition}`;
  const { highWatermark, lastStableOffset } = answer;
  const bytes = answer.records ?? new Uint8Array(0);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const awaited = [...(answer.abortedTransactions ?? [])].sort((a, b) => a.firstOffset - b.firstOffset);
  const aborted = new Set<number>();
  const found: SeenText[] = [];
  const end = committedOnly ? lastStableOffset : highWatermark;
  let nextOffset = offset;
  if (lastStableOffset > highWatermark) throw new Error(`${title}: stable through ${lastStableOffset}, durable through ${highWatermark}`);
  for (const at of batches(bytes)) {
    const header = readBatchHeader(bytes, at);
    if (view.getUint32(at + CRC_AT) !== batchCrc(bytes, at)) throw new Error(`${title}: a damaged batch was given at offset ${offset}`);
    if (header.lastOffset >= end) throw new Error(`${title}: offset ${header.lastOffset} was given, and readers may go as far as ${end}`);
    nextOffset = header.lastOffset + 1;
    while (awaited[0] && awaited[0].firstOffset <= header.lastOffset) aborted.add(awaited.shift()?.producerId ?? -1);
    if (header.control) {
      const [marker] = records(bytes, at);
      if (marker && controlType(marker) === "ABORT") aborted.delete(header.producerId);
    } else if (!committedOnly || !header.transactional || !aborted.has(header.producerId)) {
      for (const record of records(bytes, at)) {
        if (record.offset >= offset) found.push(seenText(record));
      }
    }
  }
  return { records: found, nextOffset, lastStableOffset, highWatermark };
}

const seenText = ({ offset, key, value }: Record): SeenText => ({
  offset,
  key: key && Buffer.from(key).toString(),
  text: Buffer.from(value ?? []).toString(),
});
