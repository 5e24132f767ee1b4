// Where records are: ListOffsets, OffsetForLeaderEpoch, DeleteRecords.
import { DeleteRecords, ListOffsets, OffsetForLeaderEpoch } from "@moldau/protocol";
import { describe, expect, it } from "vitest";
import { brokerOfFile } from "../testing/brokers-of-tests.js";
import { batchOf, createTopic, fetchFrom, nameOf, produce, TIMESTAMP } from "../testing/topics.js";

const { client } = await brokerOfFile();
await createTopic(client, "t", { partitions: 2 });
// Offsets 0 and 1, then 2 and 3: the largest time is at 1, and again at 3.
const at = (...minutes: number[]) =>
  batchOf([], { records: minutes.map((minute) => ({ value: Buffer.from("v"), timestamp: TIMESTAMP + minute * 60_000 })) });
await produce(client, "t", at(1, 9));
await produce(client, "t", at(2, 9));

describe("ListOffsets", () => {
  async function list(timestamp: number, { version = 11, currentLeaderEpoch = -1, partitionIndex = 0 } = {}) {
    const partitions = [{ partitionIndex, timestamp, ...(version >= 4 && { currentLeaderEpoch }) }];
    const { topics } = await client.ask(ListOffsets, version, { replicaId: -1, topics: [{ name: "t", partitions }] });
    const answer = topics[0]?.partitions[0];
    if (!answer) throw new Error("no answer");
    return answer.errorCode === 0 ? [answer.offset, answer.timestamp, answer.leaderEpoch] : nameOf(answer.errorCode);
  }

  it("finds the ends and the special ones", async () => {
    expect(await list(-1)).toEqual([4, -1, 0]);
    expect(await list(-2)).toEqual([0, -1, 0]);
    expect(await list(-3)).toEqual([1, TIMESTAMP + 9 * 60_000, 0]);
    expect(await list(-4)).toEqual([0, -1, 0]);
    expect(await list(-5)).toEqual([-1, -1, -1]);
    expect(await list(-6)).toEqual([-1, -1, -1]);
    expect(await list(-1, { version: 1 })).toEqual([4, -1, -1]);
  });

  it("finds the first record of a time or later", async () => {
    expect(await list(0)).toEqual([0, TIMESTAMP + 60_000, 0]);
    expect(await list(TIMESTAMP + 60_001)).toEqual([1, TIMESTAMP + 9 * 60_000, 0]);
    expect(await list(TIMESTAMP + 9 * 60_000 + 1)).toEqual([-1, -1, -1]);
    expect(await list(2 ** 53 - 1)).toEqual([-1, -1, -1]);
    expect(await list(-3, { partitionIndex: 1 })).toEqual([-1, -1, -1]);
  });

  it("refuses what the version does not know, and what nobody knows", async () => {
    expect(await list(-3, { version: 6 })).toBe("UNSUPPORTED_VERSION");
    expect(await list(-4, { version: 7 })).toBe("UNSUPPORTED_VERSION");
    expect(await list(-5, { version: 8 })).toBe("UNSUPPORTED_VERSION");
    expect(await list(-6, { version: 10 })).toBe("UNSUPPORTED_VERSION");
    expect(await list(-7)).toBe("UNSUPPORTED_VERSION");
  });

  it("refuses partitions that are not there, and leader epochs that are not now", async () => {
    expect(await list(-1, { partitionIndex: 2 })).toBe("UNKNOWN_TOPIC_OR_PARTITION");
    expect(await list(-1, { currentLeaderEpoch: 0 })).toEqual([4, -1, 0]);
    expect(await list(-1, { currentLeaderEpoch: 3 })).toBe("UNKNOWN_LEADER_EPOCH");
  });

  it("refuses a partition named twice, once", async () => {
    const partitions = [0, 0, 1].map((partitionIndex) => ({ partitionIndex, timestamp: -1 }));
    const { topics } = await client.ask(ListOffsets, 9, { replicaId: -1, topics: [{ name: "t", partitions }] });
    expect(topics[0]?.partitions.map((p) => [p.partitionIndex, nameOf(p.errorCode)])).toEqual([
      [1, "NONE"],
      [0, "INVALID_REQUEST"],
    ]);
  });
});

describe("OffsetForLeaderEpoch", () => {
  async function end(leaderEpoch: number, currentLeaderEpoch = -1, partition = 0) {
    const topics = [{ topic: "t", partitions: [{ partition, currentLeaderEpoch, leaderEpoch }] }];
    const answer = (await client.ask(OffsetForLeaderEpoch, 4, { topics })).topics[0]?.partitions[0];
    return [nameOf(answer?.errorCode ?? -1), answer?.leaderEpoch, answer?.endOffset];
  }

  it("says where an epoch ended", async () => {
    expect(await end(0)).toEqual(["NONE", 0, 4]);
    expect(await end(0, 0)).toEqual(["NONE", 0, 4]);
    expect(await end(5)).toEqual(["NONE", -1, -1]);
    expect(await end(-1)).toEqual(["NONE", -1, -1]);
  });

  it("refuses those who know another leader, or no partition of ours", async () => {
    expect(await end(0, 9)).toEqual(["UNKNOWN_LEADER_EPOCH", -1, -1]);
    expect(await end(0, -1, 7)).toEqual(["UNKNOWN_TOPIC_OR_PARTITION", -1, -1]);
  });
});

describe("DeleteRecords", () => {
  async function remove(offset: number, partitionIndex = 0, name = "d") {
    const topics = [{ name, partitions: [{ partitionIndex, offset }] }];
    const answer = (await client.ask(DeleteRecords, 2, { topics, timeoutMs: 1_000 })).topics[0]?.partitions[0];
    return answer?.errorCode === 0 ? answer.lowWatermark : nameOf(answer?.errorCode ?? -1);
  }

  it("moves the log's start forward, and never back", async () => {
    await createTopic(client, "d");
    for (const value of ["a", "b", "c"]) await produce(client, "d", batchOf([value]));
    expect(await remove(4)).toBe("OFFSET_OUT_OF_RANGE");
    expect(await remove(-2)).toBe("OFFSET_OUT_OF_RANGE");
    expect(await remove(2 ** 53 - 1)).toBe("OFFSET_OUT_OF_RANGE");
    expect(await remove(0, 5)).toBe("UNKNOWN_TOPIC_OR_PARTITION");
    expect(await remove(2)).toBe(2);
    expect(await remove(1)).toBe(2);
    expect(await fetchFrom(client, "d", 1)).toMatchObject({ errorCode: 1 });
    expect(await fetchFrom(client, "d", 2)).toMatchObject({ errorCode: 0, logStartOffset: 2, highWatermark: 3 });
    expect(await remove(-1)).toBe(3);
    expect(await fetchFrom(client, "d", 3)).toMatchObject({ errorCode: 0, logStartOffset: 3, highWatermark: 3 });
  });

  it("takes nothing of a topic that is only compacted", async () => {
    for (const [name, policy] of [
      ["table", "compact"],
      ["both", "compact,delete"],
    ] as const) {
      await createTopic(client, name, { configs: { "cleanup.policy": policy } });
      await produce(client, name, batchOf([], { records: [{ key: Buffer.from("k"), value: null, timestamp: TIMESTAMP }] }));
    }
    expect(await remove(0, 5, "table")).toBe("UNKNOWN_TOPIC_OR_PARTITION");
    expect([await remove(1, 0, "table"), await remove(9, 0, "table")]).toEqual(["POLICY_VIOLATION", "POLICY_VIOLATION"]);
    expect(await remove(1, 0, "both")).toBe(1);
  });
});
