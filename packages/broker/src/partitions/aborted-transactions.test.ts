// Packed or not, the aborted transactions are those that a plain list would hold.
import fc from "fast-check";
import { expect, it } from "vitest";
import { type AbortedTransaction, abortedTransactions, TRANSACTIONS_PER_BLOCK } from "./aborted-transactions.js";

/** Transactions that end one after another, each having begun at some time before. */
const lists = fc
  .array(fc.record({ producerId: fc.maxSafeNat(), gap: fc.integer({ min: 1, max: 9 }), length: fc.nat(50) }), {
    minLength: 0,
    maxLength: 3 * TRANSACTIONS_PER_BLOCK,
    size: "max",
  })
  .chain((steps) => fc.constantFrom(0, 2 ** 50).map((base) => ({ steps, base })))
  .map(({ steps, base }) => {
    let lastOffset = base;
    return steps.map(({ producerId, gap, length }): AbortedTransaction => {
      lastOffset += gap;
      return { producerId, firstOffset: Math.max(0, lastOffset - length), lastOffset };
    });
  });

function listed(transactions: readonly AbortedTransaction[]) {
  const aborted = abortedTransactions([]);
  for (const one of transactions) aborted.add(one);
  return aborted;
}

const all = (aborted: ReturnType<typeof abortedTransactions>) => aborted.within(0, () => Number.POSITIVE_INFINITY);

it("are found by where they lie, also those that are added to what was stored", () => {
  const property = fc.property(lists, fc.nat(), fc.nat(), fc.nat(), (transactions, a, b, c) => {
    const at = (where: number) => transactions[where % Math.max(transactions.length, 1)]?.lastOffset ?? where;
    const [through, from, to] = [at(a), at(b), at(c) - 3];
    const original = listed(transactions);
    expect(original.within(from, () => to)).toEqual(
      transactions.filter(({ firstOffset, lastOffset }) => lastOffset >= from && firstOffset < to),
    );
    const stored = abortedTransactions(original.packed(through));
    expect(all(stored)).toEqual(transactions.filter(({ lastOffset }) => lastOffset < through));
    for (const one of transactions) if (one.lastOffset >= through) stored.add(one);
    expect(all(stored)).toEqual(transactions);
    expect(all(abortedTransactions(stored.packed(through, from)))).toEqual(
      transactions.filter(({ lastOffset }) => lastOffset >= from && lastOffset < through),
    );
    stored.forgetBelow(from);
    expect(all(stored)).toEqual(transactions.filter(({ lastOffset }) => lastOffset >= from));
  });
  fc.assert(property, { numRuns: 60 });
});

it("take a few bytes each, and none once the log's start has passed them", () => {
  const transactions = Array.from({ length: 10_000 }, (_, i) => ({
    producerId: 1_000_000 + (i % 50),
    firstOffset: 2 ** 40 + 300 * i,
    lastOffset: 2 ** 40 + 300 * i + 1_000,
  }));
  const aborted = listed(transactions);
  const bytes = () => aborted.packed(Number.POSITIVE_INFINITY).reduce((sum, block) => sum + block.bytes.length, 0);
  expect(bytes() / transactions.length).toBeLessThan(6);
  aborted.forgetBelow(2 ** 40 + 300 * 9_000);
  expect(bytes()).toBeLessThan(7 * 1_200);
  aborted.forgetBelow(2 ** 41);
  expect(bytes()).toBe(0);
});

it("do not ask for an end that does not matter", () => {
  const unasked = () => {
    throw new Error("nobody needs to know");
  };
  const aborted = listed([{ producerId: 1, firstOffset: 3, lastOffset: 7 }]);
  expect(aborted.within(8, unasked)).toEqual([]);
  expect(() => aborted.within(7, unasked)).toThrow("nobody needs to know");
});
