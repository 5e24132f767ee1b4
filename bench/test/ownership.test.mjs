// When is a group settled? Every partition owned, by members with equal shares; and what two members own at once is counted.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ownershipOf } from "../groups/ownership.mjs";

/** @param {number} partitions @param {readonly string[]} members */
function group(partitions, members) {
  const ownership = ownershipOf(partitions);
  for (const member of members) ownership.join(member);
  return ownership;
}

test("is settled when every partition has an owner and no member more than one above another", () => {
  const ownership = group(5, ["a", "b"]);
  ownership.take("a", [0, 1, 2]);
  assert.equal(ownership.settled(), false, "two partitions have no owner");
  ownership.take("b", [3, 4]);
  assert.equal(ownership.settled(), true);
});

test("is not settled while somebody has too much, or nothing yet", () => {
  const ownership = group(4, ["a", "b"]);
  ownership.take("a", [0, 1, 2, 3]);
  assert.equal(ownership.settled(), false);
  ownership.give("a", [2, 3]);
  ownership.take("b", [2, 3]);
  assert.equal(ownership.settled(), true);
  ownership.join("c");
  assert.equal(ownership.settled(), false, "c waits for its share");
});

test("loses what a member that leaves had", () => {
  const ownership = group(4, ["a", "b"]);
  ownership.take("a", [0, 1]);
  ownership.take("b", [2, 3]);
  ownership.leave("b");
  assert.equal(ownership.settled(), false);
  ownership.give("b", [2, 3]); // its own word comes late
  ownership.take("a", [2, 3]);
  assert.equal(ownership.settled(), true);
});

test("counts partitions taken before they were given back, and gives them to the taker", () => {
  const ownership = group(2, ["a", "b"]);
  ownership.take("a", [0, 1]);
  ownership.take("b", [1]);
  assert.equal(ownership.conflicts(), 1);
  ownership.give("a", [1]);
  assert.equal(ownership.settled(), true, "b owns 1 although a gave it back later");
});
