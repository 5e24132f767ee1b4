// Simulations of transactions in every test run: seeds that are always the same, and some that nobody has seen.
import { systemClock, systemRandom } from "@moldau/env";
import { describe, expect, it } from "vitest";
import { failureText } from "../run-seeds.js";
import { sabotages } from "../sabotage/sabotages.js";
import { transactionSabotages } from "../sabotage/transaction-sabotages.js";
import { simulateTransactions } from "./transaction-simulation.js";

const FIXED_SEEDS = 6;
/** A partition could not be opened when a batch was to be verified, and could a moment later. */
const KEPT_SEEDS = [0xd05];
const FRESH_MS = 2_000;
const SABOTAGED_SEEDS = 30;
const TIMEOUT_MS = 120_000;

describe("transactions whose clients and broker die", () => {
  it("are whole or not at all, in worlds that are always the same", { timeout: TIMEOUT_MS }, async () => {
    const failures: unknown[] = [];
    for (const seed of [...KEPT_SEEDS, ...Array.from({ length: FIXED_SEEDS }, (_, i) => i + 1)]) {
      failures.push(failureText(await simulateTransactions(seed)));
    }
    expect(failures.filter(Boolean)).toEqual([]);
  });

  it("are whole or not at all, in worlds that nobody has seen", { timeout: TIMEOUT_MS }, async () => {
    const failures: unknown[] = [];
    for (const endMs = systemClock.monotonicMs() + FRESH_MS; systemClock.monotonicMs() < endMs; ) {
      failures.push(failureText(await simulateTransactions(Math.floor(systemRandom.float() * 2 ** 32))));
    }
    expect(failures.filter(Boolean)).toEqual([]);
  });

  it("do the same again when the seed is the same", { timeout: TIMEOUT_MS }, async () => {
    for (const seed of [7, 8]) expect(await simulateTransactions(seed)).toEqual(await simulateTransactions(seed));
  });
});

describe("a sabotage is noticed", () => {
  const { "acknowledged before it is durable": tooSoon } = sabotages;
  it.each(Object.entries({ ...transactionSabotages, "acknowledged before it is durable": tooSoon }))(
    "%s",
    { timeout: TIMEOUT_MS },
    async (_, sabotage) => {
      for (let seed = 1; seed <= SABOTAGED_SEEDS; seed++) {
        const { faults } = await simulateTransactions(seed, { sabotage });
        if (faults.length > 0) return;
      }
      expect.fail(`${SABOTAGED_SEEDS} seeds, and nothing was found wrong`);
    },
  );
});
