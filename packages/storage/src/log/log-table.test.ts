import { expect, it } from "vitest";
import { type LogTable, logTable } from "./log-table.js";
import { clicks, orders } from "./testing/batches.js";
import { countingOwner } from "./testing/world.js";

const empty = (): LogTable => {
  const unused = () => {
    throw new Error("these logs are not used");
  };
  return logTable({
    rows: undefined as never,
    append: unused,
    read: unused,
    findTimestamp: unused,
    findMaxTimestamp: unused,
    trim: unused,
  });
};

it("forgets a log that nobody owns, and no other", () => {
  const table = empty();
  const owned = table.findOrAdd(orders(0));
  owned.owner = countingOwner();
  const recovered = table.findOrAdd(orders(1));
  recovered.tail.push(7);
  const idle = table.findOrAdd(clicks(0));
  for (const log of [owned, recovered, idle]) table.forgetIdle(log);
  expect([table.count, table.find(orders(0)), table.find(orders(1)), table.find(clicks(0))]).toEqual([2, owned, recovered, undefined]);
});

it("leaves the log alone that took a forgotten one's place", () => {
  const table = empty();
  const first = table.findOrAdd(orders(0));
  table.forgetIdle(first);
  const second = table.findOrAdd(orders(0));
  table.forgetIdle(first);
  expect([table.count, table.find(orders(0))]).toEqual([1, second]);
});
