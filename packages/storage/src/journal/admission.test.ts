// Backpressure: appends wait in order when too much is pending or the journal is full, and are refused when that lasts.
import { memoryDisk } from "@moldau/env";
import { describe, expect, it } from "vitest";
import type { GroupCommit, PendingGroup } from "./group-commit.js";
import { signal } from "./signal.js";
import { batchOf, openCommit, partitionOf, replayAll } from "./testing/journal-fixture.js";
import { manualTime } from "./testing/manual-time.js";

const append = (commit: GroupCommit, baseOffset: number, bytes: number): PendingGroup =>
  commit.append(partitionOf(0), batchOf({ baseOffset, bytes })).group;

describe("admission", () => {
  it("lets appends wait while too much is pending, and go on in order of asking", async () => {
    const disk = memoryDisk();
    const { commit } = await openCommit(disk, { commit: { maxPendingBytes: 10_000 } });
    const go = signal();
    const goes = go.wait();
    disk.options.beforeWrite = () => goes;
    expect(commit.admit(9_000)).toBeUndefined();
    append(commit, 0, 8_900);
    const order: number[] = [];
    const waiting = [6_000, 100, 6_000].map((lengthBytes, index) =>
      Promise.resolve(commit.admit(lengthBytes)).then(() => {
        order.push(index);
        return append(commit, index + 1, lengthBytes - 61).durable;
      }),
    );
    await new Promise((resolve) => setImmediate(resolve));
    expect(order).toEqual([]);
    go.fire();
    await Promise.all(waiting);
    expect(order).toEqual([0, 1, 2]);
    const groups = await replayAll(disk.restarted());
    expect(groups.map(({ entries }) => entries.map(({ baseOffset }) => baseOffset))).toEqual([[0], [1, 2], [3]]);
  });

  it("lets a single append of any size in when nothing is pending", async () => {
    const { commit } = await openCommit(memoryDisk(), { commit: { maxPendingBytes: 1_000 } });
    expect(commit.admit(50_000)).toBeUndefined();
    await append(commit, 0, 50_000).durable;
  });

  it("lets appends wait for a full journal, and go on when groups are released", async () => {
    const time = manualTime();
    const { commit, journal } = await openCommit(memoryDisk(), { ...time, ring: { maxFiles: 2 } });
    let offset = 0;
    while (journal.fits(60_000)) await append(commit, offset++, 50_000).durable;
    const refused = commit.admit(50_061);
    const admitted = commit.admit(50_061);
    expect(refused).toBeInstanceOf(Promise);
    time.advance(19_999);
    const last = commit.admit(50_061);
    time.advance(1);
    await expect(refused).rejects.toMatchObject({ kind: "full" });
    await expect(admitted).rejects.toMatchObject({ kind: "full" });
    await journal.release(4);
    await last;
    await append(commit, offset, 50_000).durable;
  });

  it("keeps a group that a full journal does not take, and writes it once there is room", async () => {
    const time = manualTime();
    const { commit, journal, events } = await openCommit(memoryDisk(), { ...time, ring: { maxFiles: 2 } });
    let offset = 0;
    while (journal.fits(60_000)) await append(commit, offset++, 50_000).durable;
    const parked = append(commit, offset, 50_000);
    await new Promise((resolve) => setImmediate(resolve));
    time.advance(19_000);
    await journal.release(4);
    await parked.durable;
    expect(events.at(-1)).toBe(`committed ${parked.sequence} of 1 entries`);
  });

  it("gives a group up that a full journal does not take for too long", async () => {
    const time = manualTime();
    const { commit, journal, events } = await openCommit(memoryDisk(), { ...time, ring: { maxFiles: 2 } });
    let offset = 0;
    while (journal.fits(60_000)) await append(commit, offset++, 50_000).durable;
    const parked = append(commit, offset, 50_000);
    await new Promise((resolve) => setImmediate(resolve));
    time.advance(20_000);
    await expect(parked.durable).rejects.toMatchObject({ kind: "full" });
    expect(events.at(-1)).toMatch(/^failed 1 entries/);
    await journal.release(4);
    await append(commit, offset, 50_000).durable;
  });

  it("waits for readers that hold the memory, rather than fail", async () => {
    const { commit, groups } = await openCommit(memoryDisk(), { slabs: { slabBytes: 8192, maxSlabs: 4 } });
    for (let offset = 0; offset < 4; offset++) await append(commit, offset, 6_000).durable;
    for (const { slab } of groups) slab.retain();
    let admitted = false;
    const waiting = Promise.resolve(commit.admit(6_000)).then(() => {
      admitted = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(admitted).toBe(false);
    expect(() => append(commit, 4, 6_000)).toThrow(/without admission/);
    groups[0]?.slab.release();
    await waiting;
    await append(commit, 4, 6_000).durable;
  });

  it("keeps those who come later waiting for less, until somebody gets in", async () => {
    const time = manualTime();
    const { commit, journal } = await openCommit(memoryDisk(), { ...time, ring: { maxFiles: 2 } });
    let offset = 0;
    while (journal.fits(60_000)) await append(commit, offset++, 50_000).durable;
    const first = commit.admit(50_061);
    time.advance(20_000);
    await expect(first).rejects.toMatchObject({ kind: "full" });
    const second = commit.admit(50_061);
    time.advance(2_000);
    await expect(second).rejects.toMatchObject({ kind: "full" });
    const third = commit.admit(50_061);
    await journal.release(4);
    await third;
    await append(commit, offset++, 50_000).durable;
    while (journal.fits(60_000)) await append(commit, offset++, 50_000).durable;
    let refused = false;
    const fourth = Promise.resolve(commit.admit(50_061)).catch(() => {
      refused = true;
    });
    time.advance(19_999);
    await new Promise((resolve) => setImmediate(resolve));
    expect(refused).toBe(false);
    time.advance(1);
    await fourth;
    expect(refused).toBe(true);
  });
});
