// Group commit over a ring on the memory disk: batches in, durable groups out, in order, through failures and full journals.
import { DiskError, type MemoryDisk, memoryDisk } from "@moldau/env";
import { describe, expect, it } from "vitest";
import { StorageError } from "../errors.js";
import type { GroupCommit, PendingGroup } from "./group-commit.js";
import { signal } from "./signal.js";
import { batchOf, openCommit, partitionOf, replayAll } from "./testing/journal-fixture.js";
import { manualTime } from "./testing/manual-time.js";

const append = (commit: GroupCommit, baseOffset: number, bytes = 20): PendingGroup =>
  commit.append(partitionOf(0), batchOf({ baseOffset, bytes })).group;

/** Holds the next write until `go` is called; `begun` resolves when it waits. */
function holdWrites(disk: MemoryDisk): { begun: Promise<void>; go: () => void } {
  const begun = signal();
  const go = signal();
  const goes = go.wait();
  disk.options.beforeWrite = async () => {
    begun.fire();
    await goes;
  };
  return { begun: begun.wait(), go: go.fire };
}

const failWrites = (disk: MemoryDisk): void => {
  disk.options.beforeWrite = (path) => {
    throw new DiskError("EIO", path, "broken");
  };
};

const offsets = (groups: Awaited<ReturnType<typeof replayAll>>): number[][] =>
  groups.map(({ entries }) => entries.map((entry) => entry.baseOffset));

describe("group commit", () => {
  it("makes a batch durable, tells the listener before the promise, and replays it", async () => {
    const disk = memoryDisk();
    const { commit, events, groups } = await openCommit(disk);
    expect(commit.admit(100)).toBeUndefined();
    const batch = batchOf({ baseOffset: 7, records: 2 });
    const { entry, group } = commit.append(partitionOf(3), batch);
    expect(entry).toMatchObject({ baseOffset: 7, lastOffset: 8, recordCount: 2, position: 64, lengthBytes: batch.length, leaderEpoch: 5 });
    await group.durable.then(() => events.push("durable"));
    expect(events).toEqual(["committed 1 of 1 entries", "durable"]);
    const [committed] = groups;
    const at = (committed?.slabPosition ?? 0) + entry.position;
    expect(committed?.slab.bytes.slice(at, at + batch.length)).toEqual(batch);

    const [replayed] = await replayAll(disk.restarted());
    expect(replayed?.entries).toEqual([entry]);
    expect(replayed?.batches).toEqual([batch]);
  });

  it("writes what arrived in one turn as one group, and what arrives meanwhile as the next", async () => {
    const disk = memoryDisk();
    const { commit, events } = await openCommit(disk);
    const { begun, go } = holdWrites(disk);
    append(commit, 0);
    append(commit, 1);
    await begun;
    append(commit, 2);
    append(commit, 3);
    const last = append(commit, 4);
    go();
    await last.durable;
    expect(last.sequence).toBe(2);
    expect(events).toEqual(["committed 1 of 2 entries", "committed 2 of 3 entries"]);
    expect(offsets(await replayAll(disk.restarted()))).toEqual([
      [0, 1],
      [2, 3, 4],
    ]);
  });

  it("closes a group that grows too large, and writes all in order", async () => {
    const disk = memoryDisk();
    const { commit, events } = await openCommit(disk, { commit: { maxGroupBytes: 16 * 1024 } });
    const groups = Array.from({ length: 7 }, (_, offset) => append(commit, offset, 6000));
    await groups.at(-1)?.durable;
    expect(events.map((event) => event.slice(-9))).toEqual(["2 entries", "2 entries", "2 entries", "1 entries"]);
    expect(offsets(await replayAll(disk.restarted())).flat()).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it("gives a batch larger than a slab memory of its own", async () => {
    const disk = memoryDisk();
    const { commit } = await openCommit(disk, { slabs: { slabBytes: 16 * 1024, maxSlabs: 16 } });
    expect(commit.maxBatchBytes).toBeGreaterThan(32 * 1024);
    append(commit, 0);
    await append(commit, 1, commit.maxBatchBytes - 61).durable;
    await append(commit, 2).durable;
    const replayed = await replayAll(disk.restarted());
    expect(offsets(replayed).flat()).toEqual([0, 1, 2]);
    expect(() => append(commit, 3, commit.maxBatchBytes - 60)).toThrow(/more than/);
  });

  it("takes back a failed group and all behind it, and goes on with the same sequence", async () => {
    const disk = memoryDisk();
    const { commit, events } = await openCommit(disk, { commit: { maxGroupBytes: 16 * 1024 } });
    await append(commit, 0).durable;
    failWrites(disk);
    const doomed = [append(commit, 1, 10_000), append(commit, 2, 10_000), append(commit, 3, 10_000)];
    expect(doomed.map(({ sequence }) => sequence)).toEqual([2, 3, 4]);
    for (const { durable } of doomed) {
      await durable.catch((error: unknown) => {
        expect(error).toMatchObject({ name: "StorageError", kind: "io" });
        events.push("rejected");
      });
    }
    expect(events.slice(1)).toEqual(["failed 3 entries: broken", "rejected", "rejected", "rejected"]);
    delete disk.options.beforeWrite;
    const again = append(commit, 1);
    await again.durable;
    expect(again.sequence).toBe(2);
    expect(offsets(await replayAll(disk.restarted()))).toEqual([[0], [1]]);
  });

  it("stays closed, refuses what waits, and leaves everything durable and sealed", async () => {
    const disk = memoryDisk();
    const { commit, events } = await openCommit(disk);
    append(commit, 0);
    await commit.close();
    expect(events).toEqual(["committed 1 of 1 entries", "committed 2 of 0 entries"]);
    expect(() => append(commit, 1)).toThrow(StorageError);
    await expect(commit.admit(10)).rejects.toMatchObject({ kind: "closed" });
    await commit.close();
    expect(events).toHaveLength(2);
  });
});

describe("seals", () => {
  it("are written by flush, once", async () => {
    const { commit, events } = await openCommit(memoryDisk());
    append(commit, 0);
    await commit.flush();
    await commit.flush();
    expect(events).toEqual(["committed 1 of 1 entries", "committed 2 of 0 entries"]);
  });

  it("follow a quiet second, not a busy one", async () => {
    const time = manualTime();
    const { commit, events } = await openCommit(memoryDisk(), { ...time });
    await append(commit, 0).durable;
    time.advance(900);
    await append(commit, 1).durable;
    time.advance(900);
    expect(events).toHaveLength(2);
    time.advance(100);
    await commit.flush();
    expect(events).toEqual(["committed 1 of 1 entries", "committed 2 of 1 entries", "committed 3 of 0 entries"]);
    time.advance(10_000);
    await commit.flush();
    expect(events).toHaveLength(3);
  });

  it("follow a restart, for the last group before it may have none", async () => {
    const disk = memoryDisk();
    await append((await openCommit(disk)).commit, 0).durable;
    const time = manualTime();
    const { commit, events } = await openCommit(disk.restarted(), { ...time });
    time.advance(1_000);
    await commit.flush();
    expect(events).toEqual(["committed 2 of 0 entries"]);
  });
});
