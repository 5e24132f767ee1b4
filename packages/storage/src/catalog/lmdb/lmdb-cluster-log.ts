// The cluster log in LMDB. One process has the file, so its writes in turn are all there is to compare with.
import { assert, type InTurn } from "@moldau/std";
import type { ClusterLog } from "../catalog.js";
import { eventKey, SNAPSHOT_KEY, settingKey, versionOf } from "./keys.js";
import type { LmdbTree } from "./lmdb-tree.js";
import { decodeNumber, decodeSnapshot, encodeBytes, encodeNumber, encodeSnapshot } from "./rows.js";

const VERSION_KEY = settingKey("cluster-log-version");

export function lmdbClusterLog(tree: LmdbTree, writing: InTurn): ClusterLog {
  const version = (): number => {
    const content = tree.get(VERSION_KEY);
    return content === undefined ? 0 : decodeNumber(content);
  };
  const snapshot = () => {
    const content = tree.get(SNAPSHOT_KEY);
    return content && decodeSnapshot(content);
  };
  return {
    async read(after, limit) {
      const rows = [...tree.range(eventKey(after + 1), eventKey(Number.MAX_SAFE_INTEGER), limit)];
      return rows.map(({ key, content }) => ({ version: versionOf(key), event: Uint8Array.from(content) }));
    },
    append: (expected, events) =>
      writing(async () => {
        if (version() !== expected) return "conflict";
        const appended = expected + events.length;
        const rows = events.map((event, at) => ({ key: eventKey(expected + 1 + at), value: encodeBytes(event) }));
        await tree.write([...rows, { key: VERSION_KEY, value: encodeNumber(appended) }]);
        return appended;
      }),
    version: async () => version(),
    writeSnapshot: (through, bytes) =>
      writing(async () => {
        assert(through <= version(), `a snapshot of version ${through}, the log is at ${version()}`);
        if ((snapshot()?.version ?? 0) > through) return;
        await tree.write([{ key: SNAPSHOT_KEY, value: encodeSnapshot(through, bytes) }]);
      }),
    readSnapshot: async () => snapshot(),
  };
}
