// What must hold of a consumer group and its members at every moment, and once everybody has had time to settle.
import { expect } from "vitest";
import type { GroupWorld } from "../../testing/group-world.js";
import { type ConsumerGroup, newConsumerGroup } from "../group.js";
import { setCurrent, setMetadata } from "../group-index.js";
import { encodeConsumer } from "../records.js";
import type { PlayedConsumer } from "./played-consumer.js";

export const groupOf = (world: GroupWorld): ConsumerGroup | undefined => {
  const group = world.state().groups.get("g");
  return group?.kind === "consumer" ? group : undefined;
};

/** Nobody reads what another reads; those whom the group has put out without their knowledge do not count. */
export function expectNoSharedPartition(world: GroupWorld, consumers: readonly PlayedConsumer[]): void {
  const group = world.state().groups.get("g");
  const readers = new Map<string, string>();
  for (const consumer of consumers) {
    if (!group?.members.has(consumer.memberId())) continue;
    for (const partition of consumer.owned()) {
      expect(readers.get(partition), `${partition} is read by ${consumer.memberId()} and`).toBe(undefined);
      readers.set(partition, consumer.memberId());
    }
  }
}

/** The index is that of the members, and no partition is held twice. */
export function expectSoundGroup(group: ConsumerGroup | undefined): void {
  if (!group) return;
  const fresh = newConsumerGroup(group.groupId);
  let held = 0;
  for (const { memberId, metadata, current } of group.members.values()) {
    setMetadata(fresh, memberId, metadata);
    setCurrent(fresh, memberId, current);
    for (const owned of [current.assigned, current.pendingRevocation])
      for (const { partitions } of owned.values()) held += partitions.length;
    expect(current.memberEpoch).toBeLessThanOrEqual(group.groupEpoch);
  }
  expect(group.index).toEqual(fresh.index);
  expect([...group.index.owners.values()].reduce((sum, owners) => sum + owners.size, 0)).toBe(held);
}

/** A restart brings back all that counts. */
export function expectSameAfterRestart(world: GroupWorld): void {
  const before = snapshot(groupOf(world));
  world.restart();
  expect(snapshot(groupOf(world))).toEqual(before);
}

const snapshot = (group: ConsumerGroup | undefined) =>
  group && {
    epochs: [group.groupEpoch, group.assignmentEpoch, group.metadataHash, group.assignedAtMs],
    targets: group.targets,
    members: new Map(
      [...group.members].map(([memberId, { metadata, current }]) => [
        memberId,
        [
          encodeConsumer({ kind: "consumerMember", groupId: "g", memberId, value: metadata }),
          encodeConsumer({ kind: "consumerCurrent", groupId: "g", memberId, value: current }),
        ],
      ]),
    ),
  };

/** Every partition of a subscribed topic is read by one who subscribes to it. */
export function expectAllRead(world: GroupWorld, consumers: readonly PlayedConsumer[]): void {
  const wanted = new Set(consumers.flatMap((one) => one.topics()));
  const expected: string[] = [];
  for (const name of wanted) {
    const topic = world.topics.byName(name);
    for (let partition = 0; partition < (topic?.partitionCount ?? 0); partition++) expected.push(`${topic?.id}/${partition}`);
  }
  expect(consumers.flatMap((one) => [...one.owned()]).sort()).toEqual(expected.sort());
  for (const one of consumers)
    for (const key of one.owned()) expect(one.topics().map((name) => world.topics.byName(name)?.id)).toContain(key.split("/")[0]);
}
