// What a broker keeps: the cluster's metadata and its partitions' logs, opened from the data directory, and closed together.
import { type Metadata, openMetadata } from "@moldau/metadata";
import type { TopicId } from "@moldau/std";
import { type DataDirectory, type LogStore, openDirectory } from "@moldau/storage";
import type { BrokerOptions } from "./broker-options.js";
import { logStorage } from "./storage-log.js";

export interface BrokerData {
  readonly metadata: Metadata;
  readonly store: LogStore;
  /** Makes everything durable, closes, and lets go of the directory. */
  close(): Promise<void>;
}

/** Reads the metadata, then replays the journal. Throws what `openDirectory` and `openStore` do, with the directory let go. */
export async function openBrokerData(options: BrokerOptions): Promise<BrokerData> {
  const { disk, clock, timers, random, dataDirectory, nodeId, medium } = options;
  const directory = await openDirectory({ disk, clock, timers, random, directory: dataDirectory, brokerId: nodeId, ...medium });
  try {
    return await openWithin(directory, options);
  } catch (error) {
    await directory.close();
    throw error;
  }
}

async function openWithin(directory: DataDirectory, { timers, log, limits }: BrokerOptions): Promise<BrokerData> {
  const metadata = await openMetadata({
    clusterLog: directory.clusterLog,
    timers,
    snapshotFailed: (error) => log.warn({ error }, "no snapshot of the metadata could be written"),
  });
  try {
    const isLive = (id: TopicId) => metadata.image.topicById(id) !== undefined;
    const store = await directory.openStore({ isLive, report: (event) => logStorage(log, event), ...(limits && { limits }) });
    return {
      metadata,
      store,
      async close() {
        await metadata.close();
        await store.close();
        await directory.close();
      },
    };
  } catch (error) {
    await metadata.close();
    throw error;
  }
}
