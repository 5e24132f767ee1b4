// A log store with everything around it, for tests: small limits, and crashes that leave what was durable.
import {
  type Clock,
  type Disk,
  type MemoryDisk,
  type MemoryDiskOptions,
  memoryDisk,
  systemClock,
  systemRandom,
  systemTimers,
  type Timers,
} from "@moldau/env";
import type { TopicId } from "@moldau/std";
import type { BlobStore } from "../../blobs/blob-store.js";
import { directoryBlobs } from "../../blobs/directory-blobs.js";
import type { Catalog } from "../../catalog/catalog.js";
import { memoryCatalog } from "../../catalog/memory-catalog.js";
import { type DataDirectory, type DirectoryLimits, openDirectory } from "../../directory/open-directory.js";
import type { StorageEvent } from "../../events.js";
import type { LogOwner, LogStore } from "../log.js";
import { type Severable, severable } from "./severable.js";

const KIB = 1024;

/** So small that a few batches fill anything. */
export const smallLimits: DirectoryLimits = {
  consolidateBytes: 64 * KIB,
  consolidateBatches: 500,
  roundBytes: 32 * KIB,
  roundBatches: 300,
  roundLoadedBytes: 32 * KIB,
  ownSegmentBytes: 8 * KIB,
  sharedSegmentBytes: 64 * KIB,
  promotedShare: 0.3,
  promotedStretchBytes: 1,
  tailBytes: 192 * KIB,
  tailBatches: 2_000,
  warmBatches: 1_000,
  patienceMs: 2_000,
  mergedRunBytes: 8 * KIB,
  mergeWidth: 3,
  mergedSegmentBytes: 32 * KIB,
  mergeRestMs: 0,
  compactionGroupBytes: 32 * KIB,
  segmentCacheBytes: 1024 * KIB,
  readBufferBytes: 64 * KIB,
  journalFileBytes: 128 * KIB,
  journalFiles: 8,
  journalFastFillMs: 1_000,
  slabBytes: 32 * KIB,
  slabs: 8,
};

/** What outlives a crash. */
export interface Media {
  /** The same files, with nothing open and nothing locked. */
  openDisk(): Disk;
  openCatalog(directory: string): Promise<Catalog>;
  openBlobs(disk: Disk, directory: string): Promise<BlobStore>;
  readonly directory: string;
  /** After what used them was severed. */
  crashed(): Promise<void>;
}

export interface World {
  store: LogStore;
  readonly events: StorageEvent[];
  /** Resolves when the next event of that kind is reported. */
  reported(kind: StorageEvent["kind"]): Promise<StorageEvent>;
  /** Topics that are not in the cluster image. */
  readonly dead: Set<TopicId>;
  /** Stops without a word and opens anew; `meanwhile` runs between. */
  crash(meanwhile?: () => void): Promise<void>;
  /** Closes and opens anew. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export interface WorldOptions {
  readonly limits?: Partial<DirectoryLimits>;
  readonly clock?: Clock;
  readonly timers?: Timers;
}

export async function openWorld(media: Media, { limits, clock = systemClock, timers = systemTimers }: WorldOptions = {}): Promise<World> {
  const events: StorageEvent[] = [];
  const dead = new Set<TopicId>();
  const listeners = new Set<(event: StorageEvent) => void>();
  const report = (event: StorageEvent) => {
    events.push(event);
    for (const listener of listeners) listener(event);
  };
  const reported = (kind: StorageEvent["kind"]) =>
    new Promise<StorageEvent>((resolve) => {
      listeners.add((event) => {
        if (event.kind === kind) resolve(event);
      });
    });
  let cut: Pick<Severable<object>, "sever">[] = [];
  let data: DataDirectory;

  const through = <Port extends object>(port: Port): Port => {
    const one = severable(port);
    cut.push(one);
    return one.port;
  };
  const open = async (): Promise<LogStore> => {
    const disk = through(media.openDisk());
    data = await openDirectory({
      disk,
      clock,
      timers,
      random: systemRandom,
      directory: media.directory,
      brokerId: 1,
      openCatalog: async (directory) => through(await media.openCatalog(directory)),
      openBlobs: async (directory) => through(await media.openBlobs(disk, directory)),
    });
    return data.openStore({
      isLive: (topic) => !dead.has(topic),
      report,
      limits: { ...smallLimits, ...limits },
    });
  };
  const close = async () => {
    await world.store.close();
    await data.close();
  };

  const world: World = {
    store: await open(),
    events,
    reported,
    dead,
    async crash(meanwhile) {
      for (const one of cut) one.sever();
      cut = [];
      await media.crashed();
      meanwhile?.();
      world.store = await open();
    },
    async restart() {
      await close();
      world.store = await open();
    },
    close,
  };
  return world;
}

export interface MemoryMedia extends Media {
  /** The disk as it was opened last. */
  disk(): MemoryDisk;
  readonly catalog: Catalog;
}

/** Everything in memory; segments are files of the disk. */
export function memoryMedia(options: MemoryDiskOptions = {}): MemoryMedia {
  let disk = memoryDisk(options);
  const catalog = memoryCatalog();
  return {
    disk: () => disk,
    catalog,
    directory: "/data",
    openDisk: () => {
      disk = disk.restarted();
      return disk;
    },
    openCatalog: async () => catalog,
    openBlobs: async (opened, directory) => directoryBlobs({ disk: opened, directory }),
    crashed: async () => {},
  };
}

/** An owner that counts what it is told. */
export interface CountingOwner extends LogOwner {
  advances: number;
  rollBacks: number;
}

export function countingOwner(producers: (through: number) => Uint8Array = () => new Uint8Array(0)): CountingOwner {
  const owner: CountingOwner = {
    advances: 0,
    rollBacks: 0,
    advanced: () => void owner.advances++,
    rolledBack: () => void owner.rollBacks++,
    producers,
    cleaned: () => {},
  };
  return owner;
}
