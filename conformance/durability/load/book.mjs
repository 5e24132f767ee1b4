// What was sent to a partition, what of it was acknowledged, and what was ever read: the promises that a broker is held to.
//
// A batch is known by its header without what the broker may change, the crc32c of its records included; each batch holds its own
// number, so no two are alike. Promises, per partition:
//   acknowledged           → there, at that offset, after any crash
//   sent, never answered   → there whole, or not at all
//   read once              → there for ever, at the same offset
//   anything               → once only (idempotent producers send again, others don't), in one piece, offsets without a hole
import { BATCH_HEADER_BYTES, readBatchHeader } from "@moldau/records";
import { crc32c } from "@moldau/std";

/** Where the part that the crc covers begins. */
const CRC_COVERS_FROM = 21;

/** A crc alone has twins among a hundred thousand batches. */
const identityOf = ({ crc, sizeBytes, maxTimestamp, producerId, baseSequence }) =>
  `${crc}/${sizeBytes}/${maxTimestamp}/${producerId}/${baseSequence}`;

/** A partition's book. `broken` is called with a sentence for each broken promise. */
export function partitionBook(name, broken) {
  const byIdentity = new Map();
  const promised = new Set();
  let acknowledgedBatches = 0;
  let acknowledgedRecords = 0;
  let readTo = 0;

  const sent = (bytes, count) => {
    const identity = identityOf(readBatchHeader(bytes, 0));
    if (byIdentity.has(identity)) throw new Error(`${name}: two batches are ${identity}; choose another seed`);
    const batch = { count, sizeBytes: bytes.length, offset: undefined };
    byIdentity.set(identity, batch);
    return batch;
  };

  const place = (batch, offset, how) => {
    if (batch.offset !== undefined && batch.offset !== offset) broken(`${name}: what was at ${batch.offset} is ${how} ${offset}`);
    batch.offset ??= offset;
    promised.add(batch);
  };

  const acknowledged = (batch, offset) => {
    acknowledgedBatches++;
    acknowledgedRecords += batch.count;
    place(batch, offset, "acknowledged at");
  };

  /** Checks one batch at `position`, which should have the offset `expected`; returns where the next one begins. */
  const readBatch = (bytes, position, expected, seen) => {
    const header = readBatchHeader(bytes, position);
    const end = position + header.sizeBytes;
    const where = `${name} at ${expected}`;
    const batch = byIdentity.get(identityOf(header));
    if (crc32c(bytes.subarray(position + CRC_COVERS_FROM, end)) !== header.crc) broken(`${where}: the crc is wrong`);
    if (header.baseOffset !== expected) broken(`${where}: the batch there says it is at ${header.baseOffset}`);
    if (!batch) broken(`${where}: a batch that was never sent`);
    else {
      if (seen.has(batch)) broken(`${where}: a batch that was read before: a duplicate`);
      if (header.sizeBytes !== batch.sizeBytes || header.recordCount !== batch.count || header.lastOffset !== expected + batch.count - 1)
        broken(`${where}: not the batch that was sent`);
      seen.add(batch);
      place(batch, expected, "read at");
    }
    return { end, next: header.lastOffset + 1 };
  };

  return {
    sent,
    acknowledged,
    counts: () => ({ acknowledgedBatches, acknowledgedRecords }),
    /**
     * Reads by `readThrough(from, visit)` (see topics.mjs): what came since the last time, or all. Complains about promised batches
     * that were not there, of those promised before the reading began.
     */
    async check(readThrough, { all = false } = {}) {
      const from = all ? 0 : readTo;
      const due = [...promised].filter(({ offset }) => offset >= from);
      const seen = new Set();
      const end = await readThrough(from, (bytes, offset) => {
        let next = offset;
        for (let position = 0; position + BATCH_HEADER_BYTES <= bytes.length; ) {
          const step = readBatch(bytes, position, next, seen);
          if (step.end > bytes.length) throw new Error(`${name} at ${next}: a fetch gave part of a batch`);
          ({ end: position, next } = step);
        }
        return next;
      });
      for (const batch of due) {
        if (!seen.has(batch)) broken(`${name} at ${batch.offset}: ${batch.count} promised records are not there (the log ends at ${end})`);
      }
      readTo = end;
      return seen.size;
    },
  };
}
