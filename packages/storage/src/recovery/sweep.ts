// What a crash may leave without an owner: segments whose extents were never committed, and rows of topics that are no more.
import { AssertionError, type InTurn, type TopicId } from "@moldau/std";
import type { BlobStore } from "../blobs/blob-store.js";
import type { ExtentIndex } from "../catalog/catalog.js";
import type { Report } from "../events.js";
import { segmentIdOf, segmentKey } from "../segments/segment.js";

/** How many blobs are deleted at once. */
const DELETED_AT_ONCE = 256;

export interface SweepPorts {
  readonly extents: ExtentIndex;
  readonly blobs: BlobStore;
  readonly isLive: (topicId: TopicId) => boolean;
  /** Runs a change of the catalog when no other one runs. */
  readonly exclusively: InTurn;
}

interface Stoppable {
  readonly isStopped: () => boolean;
}

export interface Swept {
  readonly segments: number;
  readonly topics: number;
}

/** `firstNewSegment` is the first segment id of this run: such segments may be about to be committed, and are left alone. */
async function sweep({ extents, blobs, isLive, exclusively, isStopped }: SweepPorts & Stoppable, firstNewSegment: number): Promise<Swept> {
  const dead = (await extents.topics()).filter((topic) => !isLive(topic));
  for (const topic of dead) {
    if (isStopped()) break;
    await exclusively(async () => {
      await blobs.delete((await extents.drop(topic, Number.POSITIVE_INFINITY)).map(segmentKey));
    });
  }

  let segments = 0;
  let orphans: string[] = [];
  const deleteOrphans = async () => {
    await blobs.delete(orphans);
    segments += orphans.length;
    orphans = [];
  };
  for await (const { key } of blobs.list("segments/")) {
    if (isStopped()) break;
    const id = segmentIdOf(key);
    if (id === undefined || id >= firstNewSegment || (await extents.hasSegment(id))) continue;
    orphans.push(key);
    if (orphans.length === DELETED_AT_ONCE) await deleteOrphans();
  }
  await deleteOrphans();
  return { segments, topics: dead.length };
}

export interface Sweeping {
  /** Leaves the rest to the next start. */
  stop(): void;
  readonly ended: Promise<void>;
}

/** Sweeps behind. A failure is reported, and what stays is left to the next start. */
export function sweepBehind(ports: SweepPorts & { readonly report: Report }): Sweeping {
  const { extents, report } = ports;
  let stopped = false;
  const ended = sweep({ ...ports, isStopped: () => stopped }, extents.nextSegmentId()).then(
    (swept) => {
      if (swept.segments + swept.topics > 0) report({ kind: "swept", ...swept });
    },
    (error: unknown) => {
      if (error instanceof AssertionError || !(error instanceof Error)) throw error;
      report({ kind: "failing", what: "sweep", error });
    },
  );
  return {
    stop() {
      stopped = true;
    },
    ended,
  };
}
