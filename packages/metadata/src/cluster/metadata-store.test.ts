import type { Timers } from "@moldau/env";
import { topicId } from "@moldau/std";
import { type ClusterLog, memoryCatalog } from "@moldau/storage";
import { describe, expect, it } from "vitest";
import { type ClusterEvent, encodeEvent } from "./events.js";
import { imageData } from "./image-data.js";
import { openMetadata, type Proposal } from "./metadata-store.js";

const timers: Timers = { after: () => ({ cancel: () => {} }), yield: async () => {} };

const created = (name: string): ClusterEvent => ({
  type: "TopicCreated",
  topicId: topicId(`id-${name}`),
  name,
  replicationFactor: 1,
  partitions: [{ leaderEpoch: 0, replicas: [1] }],
  configs: {},
});

/** Creates a topic unless it is there. */
const create =
  (name: string) =>
  (image: { topicByName(name: string): unknown }): Proposal<"created" | "exists"> =>
    image.topicByName(name) ? { events: [], result: "exists" } : { events: [created(name)], result: "created" };

const open = (clusterLog: ClusterLog) => openMetadata({ clusterLog, timers });

describe("metadata", () => {
  it("has what was proposed, before the proposer is answered and after it is opened again", async () => {
    const { clusterLog } = memoryCatalog();
    const metadata = await open(clusterLog);
    expect(await metadata.propose(create("a"))).toBe("created");
    expect(metadata.image.topicByName("a")?.id).toBe("id-a");
    expect(metadata.image.version).toBe(1);
    expect(imageData((await open(clusterLog)).image)).toEqual(imageData(metadata.image));
  });

  it("writes nothing for a refusal", async () => {
    const { clusterLog } = memoryCatalog();
    const metadata = await open(clusterLog);
    await metadata.propose(create("a"));
    expect(await metadata.propose(create("a"))).toBe("exists");
    expect(await clusterLog.version()).toBe(1);
  });

  it("decides one proposal after another", async () => {
    const metadata = await open(memoryCatalog().clusterLog);
    const results = await Promise.all([1, 2, 3].map(() => metadata.propose(create("a"))));
    expect(results).toEqual(["created", "exists", "exists"]);
  });

  it("decides again when another broker was faster", async () => {
    const { clusterLog } = memoryCatalog();
    const [one, two] = [await open(clusterLog), await open(clusterLog)];
    await one.propose(create("a"));
    expect(await two.propose(create("a"))).toBe("exists");
    expect(await two.propose(create("b"))).toBe("created");
    expect(await one.propose(create("c"))).toBe("created");
    expect([...one.image.topics()].map(({ name }) => name)).toEqual(["a", "b", "c"]);
  });

  it("tells each change once, when the image has it and before its proposer is answered", async () => {
    const { clusterLog } = memoryCatalog();
    const [one, two] = [await open(clusterLog), await open(clusterLog)];
    const told: string[] = [];
    const stop = one.onChange((events) => {
      for (const event of events)
        if (event.type === "TopicCreated") told.push(`${event.name} ${one.image.topicByName(event.name) !== undefined}`);
    });
    await two.propose(create("other"));
    await one.propose(create("own")).then(() => told.push("answered"));
    expect(told).toEqual(["other true", "own true", "answered"]);
    stop();
    await one.propose(create("later"));
    expect(told).toHaveLength(3);
  });

  it("stays as it was when the log cannot be written, and goes on when it can", async () => {
    const { clusterLog } = memoryCatalog();
    let full = true;
    const metadata = await open({
      ...clusterLog,
      append: async (...args) => (full ? Promise.reject(new Error("disk full")) : clusterLog.append(...args)),
    });
    await expect(metadata.propose(create("a"))).rejects.toThrow("disk full");
    expect(metadata.image.topicCount).toBe(0);
    full = false;
    expect(await metadata.propose(create("a"))).toBe("created");
  });

  it("starts from a snapshot and the events after it", async () => {
    const { clusterLog } = memoryCatalog();
    const metadata = await open(clusterLog);
    const names = Array.from({ length: 2_500 }, (_, at) => `t-${at}`);
    await metadata.propose(() => ({ events: names.map(created), result: undefined }));
    await metadata.propose(create("after"));
    await metadata.close();
    const snapshot = await clusterLog.readSnapshot();
    expect(snapshot?.version).toBe(2_500);
    const reads: number[] = [];
    const reopened = await open({
      ...clusterLog,
      read: (after, limit) => {
        reads.push(after);
        return clusterLog.read(after, limit);
      },
    });
    expect(reads).toEqual([2_500, 2_501]);
    expect(imageData(reopened.image)).toEqual(imageData(metadata.image));
    expect(reopened.image.version).toBe(2_501);
  });

  it("says so when a snapshot cannot be written, and works on", async () => {
    const { clusterLog } = memoryCatalog();
    const failures: unknown[] = [];
    const metadata = await openMetadata({
      clusterLog: { ...clusterLog, writeSnapshot: () => Promise.reject(new Error("disk full")) },
      timers,
      snapshotFailed: (error) => failures.push(error),
    });
    await metadata.propose(() => ({ events: Array.from({ length: 1_000 }, (_, at) => created(`t-${at}`)), result: undefined }));
    expect(await metadata.propose(create("a"))).toBe("created");
    await metadata.close();
    expect(failures).toEqual([new Error("disk full")]);
  });

  it("refuses to open a log whose events it does not know", async () => {
    const { clusterLog } = memoryCatalog();
    await clusterLog.append(0, [encodeEvent(created("a")), new TextEncoder().encode('{"v":1,"type":"FromTheFuture"}')]);
    await expect(open(clusterLog)).rejects.toThrow("FromTheFuture");
  });
});
