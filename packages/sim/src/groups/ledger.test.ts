// What the ledger calls a fault, and what it forgives.
import { describe, expect, it } from "vitest";
import { virtualTime } from "../time/virtual-time.js";
import { ledger } from "./ledger.js";

const SESSION_MS = 100;

async function fresh() {
  const time = virtualTime();
  const book = ledger(time, SESSION_MS);
  const pass = async (ms: number) => {
    let passed = false;
    time.after(ms, () => {
      passed = true;
    });
    await time.run(() => passed, ms);
  };
  await pass(1);
  return { time, book, pass };
}

describe("the ledger of a group", () => {
  it("notices a partition that is given before its owner let go", async () => {
    const { time, book } = await fresh();
    for (const member of ["a", "b"]) book.heardOf(member, time.nowMs());
    book.owns("a", [0, 1]);
    book.owns("b", [1]);
    expect(book.faults).toHaveLength(1);
    expect(book.faults[0]).toContain("partition 1 is owned by a and b");
  });

  it("forgives it when the owner had let go, or was silent for a session", async () => {
    const { time, book, pass } = await fresh();
    book.heardOf("a", time.nowMs());
    book.owns("a", [0, 1]);
    book.owns("a", [0]);
    await pass(SESSION_MS / 2);
    book.heardOf("b", time.nowMs());
    book.owns("b", [1]);
    await pass(SESSION_MS / 2 + 1);
    book.owns("b", [0, 1]);
    expect(book.faults).toEqual([]);
  });

  it("notices an offset that goes back", async () => {
    const { book } = await fresh();
    book.commit("a", 0, 7);
    book.fetched("b", 0, 6, book.committed(0));
    book.commit("b", 0, 5);
    expect(book.faults).toHaveLength(2);
  });

  it("calls a group settled when each partition has one living owner", async () => {
    const { time, book, pass } = await fresh();
    book.heardOf("a", time.nowMs());
    book.owns("a", [0]);
    expect(book.isSettled(2)).toBe(false);
    book.owns("a", [0, 1]);
    expect(book.isSettled(2)).toBe(true);
    await pass(SESSION_MS + 1);
    expect(book.isSettled(2)).toBe(false);
  });
});
