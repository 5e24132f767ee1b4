// Segment ids: taken from blocks whose end was stored before their first id is given, so that a crash skips ids and repeats none.
import { settingKey } from "./keys.js";
import type { LmdbTree } from "./lmdb-tree.js";
import { decodeNumber, encodeNumber } from "./rows.js";

const BLOCK = 4096;
const KEY = settingKey("segment-ids-reserved");

/** A source of ids that were never given; opening it stores the first block's end. */
export async function openSegmentIds(tree: LmdbTree): Promise<() => number> {
  const stored = tree.get(KEY);
  let last = stored === undefined ? 0 : decodeNumber(stored);
  let reserved = last + BLOCK;
  await tree.write([{ key: KEY, value: encodeNumber(reserved) }]);
  return () => {
    if (last === reserved) {
      reserved += BLOCK;
      tree.writeNow({ key: KEY, value: encodeNumber(reserved) });
    }
    return ++last;
  };
}
