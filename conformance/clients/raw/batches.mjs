// Record batches (v2), honest unless told otherwise.
import { crc32c, int8, int16, int32, int64, join, uint32, varint } from "./bytes.mjs";

const NOTHING = Buffer.alloc(0);

/** A record: `fields` replaces any part by bytes that lie. */
export function record(fields = {}) {
  const { timestampDelta = 0, offsetDelta = 0, key = NOTHING, value = Buffer.from("value"), headers = [varint(0)] } = fields;
  const body = join(
    int8(0),
    varint(timestampDelta),
    varint(offsetDelta),
    fields.rawKey ?? [varint(key.length), key],
    fields.rawValue ?? [varint(value.length), value],
    headers,
  );
  return join(varint(fields.length ?? body.length), body);
}

/**
 * baseOffset 8 · length 4 · partitionLeaderEpoch 4 · magic 1 · crc 4 ·
 * attributes 2 · lastOffsetDelta 4 · baseTimestamp 8 · maxTimestamp 8 · producerId 8 · producerEpoch 2 · baseSequence 4 · count 4 · records
 *
 * The crc covers attributes and what follows; the length counts from the partition's leader epoch on.
 */
export function batch(fields = {}) {
  const records = fields.records ?? [record()];
  const now = Date.now();
  const count = fields.count ?? records.length;
  const covered = join(
    int16(fields.attributes ?? 0),
    int32(fields.lastOffsetDelta ?? records.length - 1),
    int64(fields.baseTimestamp ?? now),
    int64(fields.maxTimestamp ?? fields.baseTimestamp ?? now),
    int64(fields.producerId ?? -1),
    int16(fields.producerEpoch ?? -1),
    int32(fields.baseSequence ?? -1),
    int32(count),
    fields.payload ?? join(records),
  );
  const crc = uint32((crc32c(covered) + (fields.crcOff ?? 0)) >>> 0);
  const rest = join(int32(fields.leaderEpoch ?? -1), int8(fields.magic ?? 2), crc, covered);
  return join(int64(fields.baseOffset ?? 0), int32(fields.length ?? rest.length), rest);
}

/** Records 0 to n - 1 with the offset deltas they should have. */
export const records = (count) => Array.from({ length: count }, (_, offsetDelta) => record({ offsetDelta }));
