// ListOffsets (2): the first, the last, or the offset of a time, of each partition asked.
import { type ErrorName, errors, ListOffsets } from "@moldau/protocol";
import { CorruptionError, type TimestampedOffset } from "@moldau/storage";
import { failureReason } from "../failure.js";
import { checkLeaderEpoch, type Isolation, isolationOf } from "../fetching/read-partition.js";
import { type Context, handler } from "../handler.js";
import type { Partition } from "../partitions/partition.js";
import { findPartition } from "../topics/lookup.js";
import { sortNamings } from "../topics/named-twice.js";

/** Timestamps that stand for something else. */
const LATEST = -1;
const EARLIEST = -2;
const MAX_TIMESTAMP = -3; // KIP-734
const EARLIEST_LOCAL = -4; // KIP-405
const LATEST_TIERED = -5; // KIP-1005
const EARLIEST_PENDING_UPLOAD = -6; // KIP-1023
/** The version from which each special timestamp is known. */
const KNOWN_SINCE: ReadonlyMap<number, number> = new Map([
  [MAX_TIMESTAMP, 7],
  [EARLIEST_LOCAL, 8],
  [LATEST_TIERED, 9],
  [EARLIEST_PENDING_UPLOAD, 11],
]);

export const listOffsets = handler(ListOffsets, async (request, context) => {
  const answer = async (name: string, asked: PartitionAsked) => {
    const found = await find(name, asked, isolationOf(request.isolationLevel), context);
    if (typeof found === "string") return failed(asked.partitionIndex, found);
    return { partitionIndex: asked.partitionIndex, errorCode: errors.NONE.code, ...found };
  };
  const topics = request.topics.map(async ({ name, partitions }) => {
    const { once, repeated } = sortNamings(partitions, ({ partitionIndex }) => String(partitionIndex));
    const refused = repeated.map(({ partitionIndex }) => failed(partitionIndex, "INVALID_REQUEST"));
    return { name, partitions: [...(await Promise.all(once.map((asked) => answer(name, asked)))), ...refused] };
  });
  return { throttleTimeMs: 0, topics: await Promise.all(topics) };
});

interface PartitionAsked {
  readonly partitionIndex: number;
  readonly currentLeaderEpoch: number;
  readonly timestamp: number;
}

const failed = (partitionIndex: number, error: ErrorName) => ({ partitionIndex, errorCode: errors[error].code, ...NOTHING });

const NOTHING: TimestampedOffset = { timestamp: -1, offset: -1, leaderEpoch: -1 };

async function find(
  name: string,
  asked: PartitionAsked,
  isolation: Isolation,
  { services, version }: Context,
): Promise<TimestampedOffset | ErrorName> {
  if (asked.timestamp < LATEST && version < (KNOWN_SINCE.get(asked.timestamp) ?? 1)) return "UNSUPPORTED_VERSION";
  const partition = await findPartition(services, { name }, asked.partitionIndex);
  if (typeof partition === "string") return partition;
  const wrongEpoch = checkLeaderEpoch(asked.currentLeaderEpoch, partition.leaderEpoch);
  if (wrongEpoch) return wrongEpoch;
  try {
    return await look(partition, asked.timestamp, isolation);
  } catch (error) {
    const reason = failureReason(error);
    services.log.error({ topic: name, partition: asked.partitionIndex, reason }, "an offset could not be looked up");
    return error instanceof CorruptionError ? "CORRUPT_MESSAGE" : "KAFKA_STORAGE_ERROR";
  }
}

async function look(partition: Partition, timestamp: number, isolation: Isolation): Promise<TimestampedOffset | ErrorName> {
  const { log, leaderEpoch } = partition;
  // Offsets that may not be read are not told of.
  const end = isolation === "read_committed" ? partition.producers().transactions.lastStableOffset() : log.highWatermark;
  const readable = (found: TimestampedOffset | undefined) => (found && found.offset < end ? found : NOTHING);
  switch (timestamp) {
    case LATEST:
      return { timestamp: -1, offset: end, leaderEpoch };
    // All of the log is here: nothing was moved to a remote tier, and nothing waits to be.
    case EARLIEST:
    case EARLIEST_LOCAL:
      return { timestamp: -1, offset: log.logStartOffset, leaderEpoch: log.epochs[0]?.epoch ?? leaderEpoch };
    case EARLIEST_PENDING_UPLOAD:
    case LATEST_TIERED:
      return NOTHING;
    case MAX_TIMESTAMP:
      return readable(await log.findMaxTimestamp());
    default:
      return timestamp < EARLIEST_PENDING_UPLOAD ? "UNSUPPORTED_VERSION" : readable(await log.findTimestamp(timestamp));
  }
}
