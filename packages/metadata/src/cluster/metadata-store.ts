// The cluster's metadata, open: the image, the way to propose a change to it, and who is told (DESIGN §7).
//
// A change is decided on the image, appended to the cluster log if nobody else appended meanwhile, folded in, told, answered.
// Invariant: the image never holds an event that is not durable, and holds them all in the log's order.
import type { Timers } from "@moldau/env";
import { assert } from "@moldau/std";
import type { ClusterLog } from "@moldau/storage";
import { type ClusterEvent, decodeEvent, decodeSnapshot, encodeEvent } from "./events.js";
import { clusterFold } from "./fold.js";
import type { ClusterImage } from "./image.js";
import { encodeSnapshot } from "./snapshot.js";

/** What to append, if anything, and what to answer once it is durable. A refusal is a result without events. */
export interface Proposal<Result> {
  readonly events: readonly ClusterEvent[];
  readonly result: Result;
}

export interface Metadata {
  /** Always the newest: hold on to what it gives out, not to assumptions about it. */
  readonly image: ClusterImage;
  /**
   * Decides on the newest image and makes the decision durable. `decide` is run again when another broker was faster, so it
   * must have no effects. Proposals of one broker run one after another, in the order of the calls. Rejects when the log cannot
   * be written; then nothing has changed.
   */
  propose<Result>(decide: (image: ClusterImage) => Proposal<Result>): Promise<Result>;
  /** Calls `listener` with the events of each change, after the image has them and before its proposer is answered. Returns how to stop. */
  onChange(listener: (events: readonly ClusterEvent[]) => void): () => void;
  /** Waits for what is under way. Proposals after it are refused. */
  close(): Promise<void>;
}

export interface OpenMetadataOptions {
  readonly clusterLog: ClusterLog;
  readonly timers: Timers;
  /** Told when a snapshot cannot be written: nothing is lost, but starting will take longer. */
  readonly snapshotFailed?: (error: unknown) => void;
}

const EVENTS_PER_READ = 1_000;
/** Fewer events than this are read faster than a snapshot is worth. */
const MIN_EVENTS_PER_SNAPSHOT = 1_000;

/** Reads the newest snapshot and the events after it. */
export async function openMetadata({ clusterLog, timers, snapshotFailed }: OpenMetadataOptions): Promise<Metadata> {
  const fold = clusterFold();
  const { image } = fold;
  const listeners = new Set<(events: readonly ClusterEvent[]) => void>();
  let snapshotVersion = 0;
  let snapshotting: Promise<void> = Promise.resolve();
  let snapshotUnderWay = false;
  let queue: Promise<unknown> = Promise.resolve();
  let closed = false;

  function foldIn(events: readonly ClusterEvent[], version: number): void {
    for (const event of events) fold.apply(event);
    fold.reached(version);
    for (const listener of listeners) listener(events);
  }

  async function catchUp(): Promise<void> {
    for (;;) {
      const read = await clusterLog.read(image.version, EVENTS_PER_READ);
      const last = read.at(-1);
      if (!last) return;
      assert(read[0]?.version === image.version + 1, `the cluster log has no event ${image.version + 1}`);
      const events = read.map(({ event }) => decodeEvent(event));
      foldIn(events, last.version);
    }
  }

  async function commit<Result>(decide: (image: ClusterImage) => Proposal<Result>): Promise<Result> {
    for (;;) {
      const { events, result } = decide(image);
      if (events.length === 0) return result;
      const outcome = await clusterLog.append(image.version, events.map(encodeEvent));
      if (outcome !== "conflict") {
        foldIn(events, outcome);
        snapshotWhenDue();
        return result;
      }
      await catchUp();
    }
  }

  // A snapshot costs what the cluster has, so it is due after as many changes: the cost per change stays constant.
  function snapshotWhenDue(): void {
    const due = Math.max(MIN_EVENTS_PER_SNAPSHOT, image.topicCount);
    if (snapshotUnderWay || image.version - snapshotVersion < due) return;
    snapshotUnderWay = true;
    const version = image.version;
    snapshotVersion = version;
    snapshotting = encodeSnapshot(image, timers)
      .then((bytes) => clusterLog.writeSnapshot(version, bytes))
      .catch((error: unknown) => snapshotFailed?.(error))
      .finally(() => {
        snapshotUnderWay = false;
      });
  }

  const snapshot = await clusterLog.readSnapshot();
  if (snapshot) {
    snapshotVersion = snapshot.version;
    foldIn(decodeSnapshot(snapshot.snapshot), snapshot.version);
  }
  await catchUp();

  return {
    image,
    propose(decide) {
      assert(!closed, "a change of metadata was proposed after it was closed");
      const result = queue.then(() => commit(decide));
      queue = result.catch(() => undefined);
      return result;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      closed = true;
      await queue;
      await snapshotting;
    },
  };
}
