// Offsets over the wire: committed, read, kept.

import { afterEach, describe, expect, it } from "vitest";
import { commit, committed, findGroup } from "../testing/groups.js";
import { type TestBroker, type TestBrokerOptions, testBroker } from "../testing/test-broker.js";
import { createTopic } from "../testing/topics.js";

const running: TestBroker[] = [];
const start = async (options: TestBrokerOptions = {}) => {
  const broker = await testBroker(options);
  running.push(broker);
  return broker;
};
afterEach(async () => {
  for (const broker of running.splice(0)) {
    await broker.stop();
    expect(broker.fatal).toEqual([]);
  }
});

describe("offsets of groups", () => {
  it("are committed and read, in a topic that the first group makes", async () => {
    const broker = await start();
    const client = broker.connect();
    await createTopic(client, "t", { partitions: 2 });
    expect(await findGroup(client, "g")).toMatchObject({ key: "g", nodeId: 1, port: broker.running.port, errorCode: 0 });
    expect(await committed(client, "g", "t")).toBe(-1);
    expect(await commit(client, "g", "t", 7)).toBe("NONE");
    expect(await committed(client, "g", "t")).toBe(7);
    expect(await committed(client, "g", "t", 1)).toBe(-1);
    expect(await committed(client, "another", "t")).toBe(-1);
    expect(broker.metric("moldau_group_offsets")).toBe(1);
  });
});
