// The sabotages there are: each breaks one promise that the broker builds on, or one that it makes.
import type { Disk, DiskFile } from "@moldau/env";
import type { Catalog, CatalogCommit, PartitionChange } from "@moldau/storage";
import type { Sabotage } from "./sabotage.js";

/** The disk with its files changed by `change`. */
const withFiles = (disk: Disk, change: (file: DiskFile, path: string) => Partial<DiskFile>): Disk => ({
  ...disk,
  async open(path, options) {
    const file = await disk.open(path, options);
    return { ...file, ...change(file, path) };
  },
});

const withCommits = (catalog: Catalog, commit: (commit: CatalogCommit) => Promise<readonly number[]>): Catalog => ({
  ...catalog,
  extents: { ...catalog.extents, commit },
});

const withChanges = (catalog: Catalog, change: (one: PartitionChange) => PartitionChange): Catalog =>
  withCommits(catalog, (commit) => catalog.extents.commit({ ...commit, changes: commit.changes.map(change) }));

const STARTING_MS = 8;
const BLIND_FROM = 12 * 1024;
const isJournal = (path: string): boolean => path.endsWith(".ring");

export const sabotages = {
  /** Every write goes to the page cache, and syncs do nothing: an acknowledgement does not survive the power. */
  "a disk that never syncs": {
    disk: (disk) => ({
      ...withFiles({ ...disk, open: (path, options) => disk.open(path, { ...options, mode: "buffered" }) }, () => ({
        sync: async () => {},
      })),
    }),
  },
  /** A journal write is acknowledged while it is still under way. */
  "acknowledged before it is durable": {
    disk: (disk, { time }) =>
      withFiles(disk, (file, path) =>
        isJournal(path)
          ? {
              write(parts, position) {
                // A write that fails is not acknowledged in this way, but by its silence.
                file
                  .write(
                    parts.map((part) => part.slice()),
                    position,
                  )
                  .catch(() => {});
                return time.pause(0.01);
              },
            }
          : {},
      ),
  },
  /** The names of new files are lost with the power. */
  "directories that are never synced": {
    disk: (disk) => ({ ...disk, syncDirectory: async () => {} }),
  },
  /** A segment is named before its bytes are durable. */
  "segments that are never synced": {
    disk: (disk) =>
      withFiles(
        { ...disk, open: (path, options) => disk.open(path, path.includes(".incoming") ? { ...options, mode: "buffered" } : options) },
        (_, path) => (path.includes(".incoming") ? { sync: async () => {} } : {}),
      ),
  },
  /** What nothing refers to stays on the disk. */
  "files that are never removed": {
    disk: (disk) => ({ ...disk, remove: async () => {} }),
  },
  /** A commit has two halves, and the power may go between them. */
  "a catalog that is not atomic": {
    catalog: (catalog, { time }) =>
      withCommits(catalog, async ({ changes, consolidatedThrough }) => {
        if (consolidatedThrough !== undefined) await catalog.extents.commit({ changes: [], consolidatedThrough });
        await time.pause(1);
        return catalog.extents.commit({ changes });
      }),
  },
  /** A commit is answered, and done a little later, if the broker lives that long. */
  "a catalog that answers too soon": {
    catalog: (catalog) =>
      withCommits(catalog, async (commit) => {
        catalog.extents.commit(commit).catch(() => {});
        return [];
      }),
  },
  /** After a start, what a producer sent twice is stored twice. */
  "producers that are forgotten": {
    catalog: (catalog) => withChanges(catalog, (change) => ({ ...change, row: { ...change.row, producers: new Uint8Array(0) } })),
  },
  /** Deleted records come back. */
  "trims that are forgotten": {
    catalog: (catalog) =>
      withCommits(catalog, (commit) => (commit.consolidatedThrough === undefined ? Promise.resolve([]) : catalog.extents.commit(commit))),
  },
  /** A topic that was created is not there after the next start. */
  "a cluster log that is not durable": {
    catalog: (catalog) => ({
      ...catalog,
      clusterLog: { ...catalog.clusterLog, append: async (expected, events) => expected + events.length },
    }),
  },
  /** A starting broker finds the first pages of each journal file only. */
  "a replay that stops early": {
    disk: (disk, { time }) => {
      const startedMs = time.nowMs() + STARTING_MS;
      return withFiles(disk, (file, path) =>
        isJournal(path)
          ? {
              async read(into, position) {
                const count = await file.read(into, position);
                if (time.nowMs() < startedMs && position + count > BLIND_FROM) into.fill(0, Math.max(0, BLIND_FROM - position), count);
                return count;
              },
            }
          : {},
      );
    },
  },
} as const satisfies Record<string, Sabotage>;
