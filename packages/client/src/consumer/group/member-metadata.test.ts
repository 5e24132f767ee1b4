// What members tell each other is in Java's formats, and is read back.
import { ConsumerProtocolSubscription, decodeVersioned, encodeVersioned } from "@moldau/protocol";
import { expect, it } from "vitest";
import { assignmentBytes, membersOf, partitionsOf, subscriptionBytes } from "./member-metadata.js";

const owned = [
  { topic: "x", partition: 2 },
  { topic: "x", partition: 0 },
];

it("says topics, what is owned and since when", () => {
  const metadata = subscriptionBytes({ name: "cooperative-sticky", topics: ["x"], owned, generation: 9, rack: "r1" });
  expect(decodeVersioned(ConsumerProtocolSubscription, metadata)).toMatchObject({
    version: 3,
    value: { topics: ["x"], ownedPartitions: [{ topic: "x", partitions: [2, 0] }], generationId: 9, rackId: "r1" },
  });
  expect(membersOf([{ memberId: "m", groupInstanceId: null, metadata }])).toEqual([
    { memberId: "m", instanceId: null, topics: ["x"], owned, generation: 9 },
  ]);
});

it("reads the generation where older members of Java put it", () => {
  const metadata = encodeVersioned(ConsumerProtocolSubscription, 1, {
    topics: [],
    userData: Buffer.from([0, 0, 0, 5]),
    ownedPartitions: [],
  });
  expect(membersOf([{ memberId: "m", groupInstanceId: "i", metadata }])[0]).toMatchObject({ generation: 5, instanceId: "i" });
});

it("says what each gets; nothing is no bytes", () => {
  expect(partitionsOf(assignmentBytes(owned))).toEqual(owned);
  expect(partitionsOf(new Uint8Array(0))).toEqual([]);
});
