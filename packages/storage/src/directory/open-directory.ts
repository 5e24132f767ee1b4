// Opens a data directory in two steps: first its cluster log, for who replays the journal must know which topics live; then its logs.
import type { Clock, Disk, Random, Timers } from "@moldau/env";
import type { TopicId } from "@moldau/std";
import type { Catalog, ClusterLog } from "../catalog/catalog.js";
import type { Report } from "../events.js";
import { groupCommit } from "../journal/commit-pipeline.js";
import { ringJournal } from "../journal/ring-journal.js";
import { slabPool } from "../journal/slab-pool.js";
import type { LogStore } from "../log/log.js";
import { openLogStore } from "../log/log-store.js";
import { defaultLimits, type StoreLimits } from "../log/store-limits.js";
import { segmentKey } from "../segments/segment.js";
import { claimDirectory } from "./directory.js";
import type { Medium } from "./medium.js";

export interface DirectoryOptions extends Medium {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  /** An absolute path. */
  readonly directory: string;
  /** Marks the journal's groups. */
  readonly brokerId: number;
}

export interface StoreOptions {
  /** Whether the topic is in the cluster image; what is stored of others goes. */
  readonly isLive: (topicId: TopicId) => boolean;
  readonly report: Report;
  readonly limits?: Partial<DirectoryLimits>;
}

/** The bounds of the store, and of its journal and slabs. */
export interface DirectoryLimits extends StoreLimits {
  readonly journalFileBytes: number;
  readonly journalFiles: number;
  /** A journal file that is full in less time may become a segment where it lies. */
  readonly journalFastFillMs: number;
  readonly slabBytes: number;
  readonly slabs: number;
}

export interface DataDirectory {
  /** A uuid, made once. */
  readonly directoryId: string;
  readonly clusterLog: ClusterLog;
  /** Replays the journal. Once; throws CorruptionError when the journal is damaged. */
  openStore(options: StoreOptions): Promise<LogStore>;
  /** Closes the catalog and lets go of the lock; the store, if opened, was closed before. */
  close(): Promise<void>;
}

/** Throws DirectoryRefused when the directory is in use, of a newer format, or not ours. */
export async function openDirectory(options: DirectoryOptions): Promise<DataDirectory> {
  const { disk, random, directory, openCatalog } = options;
  const { directoryId, lock } = await claimDirectory(disk, random, directory);
  try {
    const catalog = await openCatalog(`${directory}/catalog`);
    return {
      directoryId,
      clusterLog: catalog.clusterLog,
      openStore: (storeOptions) => openStore(options, catalog, storeOptions),
      async close() {
        await catalog.close();
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function openStore(options: DirectoryOptions, catalog: Catalog, { isLive, report, limits: given }: StoreOptions): Promise<LogStore> {
  const { disk, clock, timers, random, directory, brokerId } = options;
  const limits: DirectoryLimits = { ...directoryDefaults, ...given };
  const { journalFileBytes: fileBytes, journalFiles: maxFiles, journalFastFillMs: fastFillMs } = limits;
  const { slabBytes, slabs: maxSlabs, patienceMs } = limits;
  const blobs = await options.openBlobs(directory);
  const journal = await ringJournal({
    disk,
    directory: `${directory}/journal`,
    brokerId,
    random,
    clock,
    timers,
    fileBytes,
    maxFiles,
    fastFillMs,
    isPromoted: async (segmentId, path) => {
      if (!(await catalog.extents.hasSegment(segmentId))) return false;
      await blobs.adopt?.(segmentKey(segmentId), path);
      return true;
    },
  });
  try {
    const slabs = slabPool({ disk, clock, slabBytes, maxSlabs });
    return await openLogStore({
      journal,
      groupCommit: (listener) => groupCommit({ journal, slabs, listener, clock, timers, patienceMs }),
      slabBytes: () => slabs.sizeBytes,
      extents: catalog.extents,
      blobs,
      clock,
      timers,
      random,
      report,
      isLive,
      limits,
    });
  } catch (error) {
    await journal.close();
    throw error;
  }
}

const MIB = 1024 * 1024;
const directoryDefaults: DirectoryLimits = {
  ...defaultLimits,
  journalFileBytes: 64 * MIB,
  journalFiles: 16,
  journalFastFillMs: 1_000,
  slabBytes: 8 * MIB,
  slabs: 24,
};
