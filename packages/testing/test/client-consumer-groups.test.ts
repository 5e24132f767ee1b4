// Groups by both protocols: partitions are handed over without a record lost or processed twice, whoever comes, goes or dies.
import { describe, expect, it } from "vitest";
import { groupSuite } from "./group-suite.js";
import { createTopic, produce } from "./raw-records.js";

const { broker, client, work, until, topicOf, fill, connect, happened } = groupSuite();
const isOurs = process.env.MOLDAU_TEST_BOOTSTRAP === undefined;
/** The least that Kafka allows. */
const sessionTimeoutMs = isOurs ? 1_000 : 6_000;

describe.each(["consumer", "classic"] as const)("a group of the %s protocol", (protocol) => {
  it("goes on where it stopped", async () => {
    const { topic, group } = await topicOf(4);
    await fill(topic, 4, "a");
    const first = work({ group, topics: [topic], protocol });
    await until(() => first.seen.length === 200);
    await first.consumer.close();
    await first.done;
    const more = await fill(topic, 4, "b", 5);
    const second = work({ group, topics: [topic], protocol });
    await until(() => second.seen.length === 20);
    expect(second.seen.toSorted()).toEqual(more.toSorted());
  });

  it("hands over partitions without loss or double work when members come and go", async () => {
    const { topic, group } = await topicOf(4);
    const options = { group, topics: [topic], protocol };
    const one = work(options);
    await until(() => one.consumer.assignment.length === 4);
    const values = await fill(topic, 4, "a");
    await until(() => one.seen.length > 20);
    const two = work(options);
    await until(() => one.consumer.assignment.length === 2 && two.consumer.assignment.length === 2);
    values.push(...(await fill(topic, 4, "b")));
    await until(() => one.seen.length + two.seen.length >= 400);
    await one.consumer.close();
    await one.done;
    await until(() => two.consumer.assignment.length === 4);
    values.push(...(await fill(topic, 4, "c")));
    await until(() => one.seen.length + two.seen.length >= 600);
    expect([...one.seen, ...two.seen].toSorted()).toEqual(values.toSorted());
    expect(two.seen.some((value) => value.startsWith("b"))).toBe(true);
  });

  it("waits for what a member has in hand before another gets the partition", async () => {
    const { topic, group } = await topicOf(2);
    let goOn = () => {};
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const revoked: string[] = [];
    const options = { group, topics: [topic], protocol };
    let inHand = "";
    const one = work(
      { ...options, onRevoked: (gone) => void revoked.push(...gone.map(({ partition }) => `${partition}`)) },
      async (value) => {
        if (inHand !== "") return;
        inHand = value;
        happened();
        await held;
      },
    );
    await until(() => one.consumer.assignment.length === 2);
    const values = await fill(topic, 2, "a", 3);
    await until(() => inHand !== "");
    const two = work(options);
    const other = connect();
    await other.cluster.pause(1_000);
    expect(two.seen).not.toContain(inHand);
    goOn();
    await until(() => one.seen.length + two.seen.length >= 6);
    expect([...one.seen, ...two.seen].toSorted()).toEqual(values.toSorted());
    expect(one.seen).toContain(inHand);
    await until(() => two.consumer.assignment.length > 0);
    expect(revoked.length).toBeGreaterThan(0);
  });

  it.skipIf(!isOurs && protocol === "consumer")("gives a dead member's partitions to others after a session", async () => {
    const { topic, group } = await topicOf(2);
    const options = { group, topics: [topic], protocol, sessionTimeoutMs };
    const one = work(options);
    const two = work(options);
    await until(() => one.consumer.assignment.length === 1 && two.consumer.assignment.length === 1);
    one.client.cluster.close();
    await expect(one.done).rejects.toMatchObject({ code: "CLOSED" });
    const values = await fill(topic, 2, "a");
    await until(() => two.seen.length >= 100);
    expect(two.seen.toSorted()).toEqual(values.toSorted());
  });

  it("commits what it is told to, and nothing else when it is to commit nothing", async () => {
    const { topic, group } = await topicOf(1);
    await fill(topic, 1, "a", 10);
    const options = { group, topics: [topic], protocol, autoCommitMs: false as const };
    const one = work(options, (value, consumer) => (value === "a-0-3" ? consumer.commit() : undefined));
    await until(() => one.seen.length === 10);
    await one.consumer.close();
    const two = work(options, (value, consumer) => (value === "a-0-5" ? consumer.commit([{ topic, partition: 0, offset: 8 }]) : undefined));
    await until(() => two.seen.length === 6);
    expect(two.seen[0]).toBe("a-0-4");
    await two.consumer.close();
    const three = work(options);
    await until(() => three.seen.length === 2);
    expect(three.seen).toEqual(["a-0-8", "a-0-9"]);
  });

  it("gives the partitions of a program that stands still to others, until it asks again", async () => {
    const { topic, group } = await topicOf(2);
    let goOn = () => {};
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const lost: number[] = [];
    const options = { group, topics: [topic], protocol };
    const onLost = (partitions: readonly unknown[]) => void lost.push(partitions.length);
    const one = work({ ...options, maxPollMs: 300, onLost }, () => held);
    await until(() => one.consumer.assignment.length === 2);
    const values = await fill(topic, 2, "a", 3);
    const two = work(options);
    await until(() => two.seen.length === 6);
    expect(two.seen.toSorted()).toEqual(values.toSorted());
    expect(lost).toEqual([2]);
    goOn();
    await until(() => one.consumer.assignment.length === 1 && two.consumer.assignment.length === 1);
  });

  it("finds topics that come later, by pattern or by name", async () => {
    const prefix = broker.topicName("event");
    const group = broker.topicName("readers");
    const named = broker.topicName("named");
    const one = work({ group, topics: [new RegExp(`^${prefix}`), named], protocol });
    await createTopic(client(), `${prefix}-a`, 2);
    await until(() => one.consumer.assignment.length === 2);
    await createTopic(client(), named, 1);
    await until(() => one.consumer.assignment.length === 3);
    await produce(client(), named, 0, ["late"]);
    await until(() => one.seen.length === 1);
    expect(one.seen).toEqual(["late"]);
  });

  it("keeps a static member's partitions while it is away", async () => {
    const { topic, group } = await topicOf(2);
    const options = { group, topics: [topic], protocol, sessionTimeoutMs: 6_000 };
    const one = work({ ...options, instanceId: "one" });
    const revoked: unknown[] = [];
    const two = work({ ...options, instanceId: "two", onRevoked: (gone) => void revoked.push(...gone) });
    await until(() => one.consumer.assignment.length === 1 && two.consumer.assignment.length === 1);
    const before = one.consumer.assignment;
    revoked.splice(0);
    await one.consumer.close();
    const again = work({ ...options, instanceId: "one" });
    await until(() => again.consumer.assignment.length === 1);
    expect(again.consumer.assignment).toEqual(before);
    expect(revoked).toEqual([]);
  });

  it("joins again when the group has put it out, having told that its partitions are lost", async () => {
    const { topic, group } = await topicOf(2);
    const lost: number[] = [];
    let assignments = 0;
    const callbacks = {
      onLost: (gone: readonly unknown[]) => void lost.push(gone.length),
      onAssigned() {
        assignments++;
        happened();
      },
    };
    const one = work({ group, topics: [topic], protocol, instanceId: "one", ...callbacks });
    await until(() => one.consumer.assignment.length === 2);
    const values = await fill(topic, 2, "a", 3);
    await until(() => one.seen.length === 6);
    const before = assignments;
    await client()
      .admin()
      .groups.removeMembers(group, [{ instanceId: "one" }]);
    await until(() => assignments > before && one.consumer.assignment.length === 2);
    expect(lost).toEqual([2]);
    values.push(...(await fill(topic, 2, "b", 3)));
    await until(() => new Set(one.seen).size === 12);
    expect([...new Set(one.seen)].toSorted()).toEqual(values.toSorted());
  });
});

it("is told what the coordinator refuses", async () => {
  const { topic } = await topicOf(1);
  const worker = work({
    group: broker.topicName("billing"),
    topics: [topic],
    protocol: "classic",
    sessionTimeoutMs: 100_000_000,
    maxPollMs: 100,
  });
  await expect(worker.done).rejects.toMatchObject({ name: "ClientError", code: "INVALID_SESSION_TIMEOUT" });
});
