// Expected values are what a Java virtual machine computes.
import { expect, it } from "vitest";
import { groupPartition } from "./partition-of.js";

it.each([
  ["", 0, 0],
  ["g", 3, 5],
  ["orders", 31, 2],
  ["../a b\n", 24, 5],
  ["group-řeka", 10, 6],
  ["😀 emoji", 1, 6],
  ["a very long group name that goes on and on 0123456789", 36, 4],
])("puts %j on partition %i of 50, %i of 7", (groupId, of50, of7) => {
  expect(groupPartition(groupId, 50)).toBe(of50);
  expect(groupPartition(groupId, 7)).toBe(of7);
});

it.each(["polygenelubricants", "GydZG_", "DESIGNING WORKHOUSES"])("puts %j, whose hash is -2^31, on partition 0", (groupId) => {
  expect(groupPartition(groupId, 50)).toBe(0);
});
