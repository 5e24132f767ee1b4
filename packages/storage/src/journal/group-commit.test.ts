// Group commit over a ring on the memory disk: batches in, durable groups out, in order, through failures and full journals.
import { memoryDisk } from "@moldau/env";
import { describe, expect, it } from "vitest";
import { batchOf, openCommit, partitionOf, replayAll } from "./testing/journal-fixture.js";

describe("group commit", () => {
  it("makes a batch durable, tells the listener before the promise, and replays it", async () => {
    const disk = memoryDisk();
    const { commit, events } = await openCommit(disk);
    expect(commit.admit(100)).toBeUndefined();
    const { entry, group } = commit.append(partitionOf(3), batchOf({ baseOffset: 7, records: 2 }));
    expect(entry).toMatchObject({ baseOffset: 7, lastOffset: 8, recordCount: 2, position: 64 });
    await group.durable.then(() => events.push("durable"));
    expect(events).toEqual(["committed 1 of 1 entries", "durable"]);

    const [replayed] = await replayAll(disk.restarted());
    expect(replayed?.entries).toEqual([entry]);
    expect(replayed?.batches).toEqual([batchOf({ baseOffset: 7, records: 2 })]);
  });
});
