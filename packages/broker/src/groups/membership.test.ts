// Members over the wire: joining, waiting, going, and what a broker that stops does to them.
import { memoryDisk } from "@moldau/env";
import {
  ConsumerGroupDescribe,
  ConsumerGroupHeartbeat,
  DescribeGroups,
  IncrementalAlterConfigs,
  JoinGroup,
  ListGroups,
} from "@moldau/protocol";
import { memoryMedium } from "@moldau/storage";
import { describe, expect, it } from "vitest";
import { brokersOfTests } from "../testing/brokers-of-tests.js";
import { commit, heartbeat, join, leave, sync } from "../testing/groups.js";
import { manualTime } from "../testing/manual-time.js";
import { testBroker } from "../testing/test-broker.js";
import type { TestClient } from "../testing/test-client.js";
import { createTopic, nameOf } from "../testing/topics.js";

/** Groups whose first members are not waited for. */
const HASTY = { "group.initial.rebalance.delay.ms": "0" };
const start = brokersOfTests({ properties: HASTY });

const stateOf = async (client: TestClient, groupId: string) => {
  const { groups } = await client.ask(DescribeGroups, 6, { groups: [groupId] });
  return `${groups[0]?.groupState} ${groups[0]?.members.length}`;
};
const stateOfConsumers = async (client: TestClient, groupId: string) => {
  const { groups } = await client.ask(ConsumerGroupDescribe, 1, { groupIds: [groupId], includeAuthorizedOperations: false });
  return `${groups[0]?.groupState} ${groups[0]?.members.length}`;
};
const parts = (memberId: string, text: string) => [{ memberId, assignment: Buffer.from(text) }];

/** A group of one member that has its assignment. */
async function alone(client: TestClient, groupId: string) {
  const joined = await join(client, groupId);
  const { memberId, generationId } = joined;
  await sync(client, groupId, joined, parts(memberId, "all"));
  return { memberId, generationId };
}

describe("members of a classic group", () => {
  it("join, share, commit as members, and leave", async () => {
    const broker = await start();
    const [one, two] = [broker.connect(), broker.connect()];
    await createTopic(one, "t");
    const first = await alone(one, "g");
    expect(await heartbeat(one, "g", first)).toBe("NONE");
    expect(await commit(one, "g", "t", 5, { memberId: first.memberId, epoch: first.generationId })).toBe("NONE");

    const joining = join(two, "g");
    // The first one hears of it, and joins again: only then there is an answer.
    await expect.poll(() => heartbeat(one, "g", first)).toBe("REBALANCE_IN_PROGRESS");
    const [leader, follower] = await Promise.all([join(one, "g", first), joining]);
    expect([leader.generationId, follower.generationId, leader.members.length, leader.leader]).toEqual([2, 2, 2, first.memberId]);
    const following = sync(two, "g", follower);
    await sync(one, "g", leader, [...parts(leader.memberId, "half"), ...parts(follower.memberId, "other half")]);
    expect(Buffer.from((await following).assignment).toString()).toBe("other half");
    expect(broker.metric("moldau_group_members")).toBe(2);
    expect(broker.metric('moldau_groups{type="classic",state="Stable"}')).toBe(1);

    await leave(two, "g", follower.memberId);
    expect(await heartbeat(one, "g", leader)).toBe("REBALANCE_IN_PROGRESS");
    await leave(one, "g", leader.memberId);
    expect(await stateOf(one, "g")).toBe("Empty 0");
    const { groups } = await one.ask(ListGroups, 5, { statesFilter: ["Empty"], typesFilter: [] });
    expect(groups).toMatchObject([{ groupId: "g", groupType: "classic" }]);
  });

  it("are members still after a restart", async () => {
    const [disk, medium] = [memoryDisk(), memoryMedium()];
    const first = await testBroker({ disk, medium, properties: HASTY });
    const member = await alone(first.connect(), "g");
    await first.stop();
    const again = (await start({ disk, medium })).connect();
    expect(await heartbeat(again, "g", member)).toBe("NONE");
    expect(await stateOf(again, "g")).toBe("Stable 1");
  });

  it("that are silent are taken out when their session is over, wherever the group was loaded", async () => {
    const time = manualTime();
    const client = (await start({ clock: time.clock, timers: time.timers })).connect();
    const joining = join(client, "g", { sessionTimeoutMs: 6_000 });
    await time.advance(0);
    const joined = await joining;
    await sync(client, "g", joined, parts(joined.memberId, "all"));
    await time.advance(5_900);
    expect(await heartbeat(client, "g", joined)).toBe("NONE");
    await time.advance(5_900);
    expect(await stateOf(client, "g")).toBe("Stable 1");
    await time.advance(200);
    expect(await stateOf(client, "g")).toBe("Empty 0");
    expect(await heartbeat(client, "g", joined)).toBe("UNKNOWN_MEMBER_ID");
  });
});

describe("members of a consumer group", () => {
  it("beat as often as is configured for the broker, or for their group", async () => {
    const client = (await start()).connect();
    await createTopic(client, "t", { partitions: 2 });
    const beat = (memberEpoch: number) =>
      client.ask(ConsumerGroupHeartbeat, 1, {
        groupId: "g",
        memberId: "a",
        memberEpoch,
        instanceId: null,
        rackId: null,
        rebalanceTimeoutMs: 10_000,
        subscribedTopicNames: ["t"],
        subscribedTopicRegex: null,
        serverAssignor: null,
        topicPartitions: [],
      });
    const joined = await beat(0);
    expect([nameOf(joined.errorCode), joined.heartbeatIntervalMs]).toEqual(["NONE", 5_000]);
    expect(joined.assignment?.topicPartitions.map(({ partitions }) => partitions)).toEqual([[0, 1]]);
    await client.ask(IncrementalAlterConfigs, 1, {
      resources: [
        { resourceType: 32, resourceName: "g", configs: [{ name: "consumer.heartbeat.interval.ms", configOperation: 0, value: "7000" }] },
      ],
      validateOnly: false,
    });
    expect((await beat(joined.memberEpoch)).heartbeatIntervalMs).toBe(7_000);
    expect(await stateOfConsumers(client, "g")).toBe("Stable 1");
  });
});

describe("a member that waits", () => {
  const others = { "group.initial.rebalance.delay.ms": "60000" };

  it("is told to look for the coordinator again when the broker stops", async () => {
    const broker = await testBroker({ properties: others });
    const client = broker.connect();
    const joining = join(client, "g");
    await expect.poll(() => broker.metric("moldau_group_requests_waiting")).toBe(1);
    const stopped = broker.running.stop();
    expect(nameOf((await joining).errorCode)).toBe("NOT_COORDINATOR");
    client.close();
    await stopped;
  });

  it("is not waited for any more when its client is gone", async () => {
    const broker = await start({ properties: others });
    const client = broker.connect();
    const joining = join(client, "g").catch(() => "gone");
    await expect.poll(() => broker.metric("moldau_group_requests_waiting")).toBe(1);
    client.close();
    expect(await joining).toBe("gone");
    await expect.poll(() => broker.metric("moldau_group_requests_waiting")).toBe(0);
  });

  it("is one of a thousand, which cost little and are answered together", async () => {
    const time = manualTime();
    const broker = await start({ clock: time.clock, timers: time.timers, properties: others });
    const clients = Array.from({ length: 1_000 }, () => broker.connect());
    const joins = clients.map((client) => join(client, "g", { sessionTimeoutMs: 300_000, rebalanceTimeoutMs: 60_000 }));
    await expect.poll(() => broker.metric("moldau_group_requests_waiting")).toBe(1_000);
    expect(broker.metric("moldau_request_memory_bytes")).toBeLessThan(1024 * 1024);
    await time.advance(60_000);
    const members = await Promise.all(joins);
    expect(new Set(members.map(({ generationId, errorCode }) => `${generationId} ${nameOf(errorCode)}`))).toEqual(new Set(["1 NONE"]));
    expect(new Set(members.map(({ memberId }) => memberId)).size).toBe(1_000);
  });

  it("may send metadata that outlives the request it came in", async () => {
    const broker = await start();
    const client = broker.connect();
    const metadata = Buffer.alloc(200_000, "metadata ");
    const joined = await client.ask(JoinGroup, 3, {
      groupId: "g",
      sessionTimeoutMs: 10_000,
      rebalanceTimeoutMs: 10_000,
      memberId: "",
      groupInstanceId: null,
      protocolType: "consumer",
      protocols: [{ name: "range", metadata }],
    });
    // Requests that come later lie where this one lay.
    for (let i = 0; i < 20; i++)
      await createTopic(client, `t${i}`, { configs: { "follower.replication.throttled.replicas": Array(6_000).fill(`0:${i}`).join() } });
    await sync(client, "g", joined, parts(joined.memberId, "all"));
    const { groups } = await client.ask(DescribeGroups, 5, { groups: ["g"] });
    expect(Buffer.compare(groups[0]?.members[0]?.memberMetadata ?? Buffer.of(), metadata)).toBe(0);
  });
});
