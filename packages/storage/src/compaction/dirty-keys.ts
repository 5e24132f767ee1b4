// The first half of a pass: goes through what was not compacted yet, and remembers the newest offset of each key.
import { batches, batchLastOffset, batchMaxTimestamp, RecordScan, readBatchHeader } from "@moldau/records";
import type { ExtentChunk } from "../segments/extent-chunks.js";
import type { IsAborted } from "./aborted-ranges.js";
import type { KeyMap } from "./key-map.js";
import { chunksIn, damageAt, extentsFrom, type Pass, RECORDS_AT_ONCE, retries } from "./pass.js";

/** What is known while keys are gathered. */
interface Gathering {
  readonly pass: Pass;
  readonly keys: KeyMap;
  readonly isAborted: IsAborted;
  /** Where this pass began. */
  readonly from: number;
}

/**
 * Puts the keys of records from `from` on into the map, until one may not be compacted or the map is full. Gives the offset through
 * which this pass compacts: a record at or after it stays, whatever it is.
 */
export async function rememberKeys(pass: Pass, keys: KeyMap, isAborted: IsAborted, from: number): Promise<number> {
  const again = retries(pass);
  for (let end = from; ; ) {
    try {
      for await (const chunk of chunksIn(pass, extentsFrom(pass, end, pass.order.below), end)) {
        for (const at of batches(chunk.bytes)) {
          const next = batchLastOffset(chunk.bytes, at) + 1;
          if (next <= end) continue;
          if (!mayBeCompacted(pass, chunk.bytes, at)) return end;
          const reached = await remember({ pass, keys, isAborted, from }, chunk, at, end);
          if (reached < next) return reached;
          end = next;
          again.reset();
        }
      }
      return end;
    } catch (error) {
      again.again(error);
    }
  }
}

/** The last batch of a log stays as it is: with it, whoever reads to the end is told where that is. */
function mayBeCompacted({ order, log }: Pass, bytes: Uint8Array, at: number): boolean {
  const lastOffset = batchLastOffset(bytes, at);
  if (lastOffset >= order.below || lastOffset + 1 >= log.highWatermark) return false;
  return order.olderThanMs === undefined || batchMaxTimestamp(bytes, at) < order.olderThanMs;
}

/**
 * Puts a batch's keys into the map; gives the offset after it. When there is no room for all of them, gives where the batch begins: that
 * some of its keys are known already is right, for these records are there. A batch too large for a whole map is compacted in part.
 */
async function remember({ pass, keys, isAborted, from }: Gathering, chunk: ExtentChunk, at: number, end: number): Promise<number> {
  const { bytes } = chunk;
  const { pace } = pass;
  try {
    const header = readBatchHeader(bytes, at);
    const counts = header.recordCount > 0 && !header.control && !(header.transactional && isAborted(header.producerId, header.baseOffset));
    const scan = counts ? new RecordScan(bytes, at, header) : undefined;
    for (let looked = 1; scan?.next(); looked++) {
      if (looked % RECORDS_AT_ONCE === 0 && pace.isDue()) await pace.turn();
      if (scan.keyBytes < 0 || scan.offset < end) continue;
      if (!keys.put(scan.bytes, scan.keyStart, scan.keyBytes, scan.offset)) return end === from ? scan.offset : end;
    }
    if (pace.isDue()) await pace.turn();
    return header.lastOffset + 1;
  } catch (error) {
    throw damageAt(pass, chunk, at, error);
  }
}
