// A catalog whose changes take their time, and are there whole or not at all when the power goes before they are answered.
import type { Catalog } from "@moldau/storage";
import type { SeededRandom } from "../time/seeded-random.js";
import type { VirtualTime } from "../time/virtual-time.js";

/** `catalog` is what outlives crashes; the mortal one answers until `end`. */
export function mortalCatalog(catalog: Catalog, time: VirtualTime, random: SeededRandom): { readonly catalog: Catalog; end(): void } {
  let ended = false;
  /** Done at some moment, and answered at a later one. */
  const slowly = <Result>(action: () => Promise<Result>): Promise<Result> =>
    new Promise((resolve, reject) => {
      time.after(random.float() * 2, () => {
        if (ended) return;
        const done = action();
        time.after(random.float() * 2, () => (ended ? undefined : done.then(resolve, reject)));
      });
    });
  const quickly = <Result>(action: () => Promise<Result>): Promise<Result> =>
    new Promise((resolve, reject) => {
      action().then(
        (result) => (ended ? undefined : resolve(result)),
        (error: unknown) => (ended ? undefined : reject(error)),
      );
    });
  const { extents, clusterLog } = catalog;
  return {
    end() {
      ended = true;
    },
    catalog: {
      extents: {
        consolidatedThrough: () => quickly(() => extents.consolidatedThrough()),
        row: (partition) => quickly(() => extents.row(partition)),
        cleaned: (partition) => quickly(() => extents.cleaned(partition)),
        find: (partition, offset, limit) => quickly(() => extents.find(partition, offset, limit)),
        commit: (commit) => slowly(() => extents.commit(commit)),
        drop: (topic, partitionCount) => slowly(() => extents.drop(topic, partitionCount)),
        topics: () => quickly(() => extents.topics()),
        nextSegmentId: () => extents.nextSegmentId(),
        hasSegment: (segmentId) => quickly(() => extents.hasSegment(segmentId)),
        references: (segmentId) => quickly(() => extents.references(segmentId)),
      },
      clusterLog: {
        read: (after, limit) => quickly(() => clusterLog.read(after, limit)),
        append: (expected, events) => slowly(() => clusterLog.append(expected, events)),
        version: () => quickly(() => clusterLog.version()),
        writeSnapshot: (version, snapshot) => slowly(() => clusterLog.writeSnapshot(version, snapshot)),
        readSnapshot: () => quickly(() => clusterLog.readSnapshot()),
      },
      close: async () => undefined,
    },
  };
}
