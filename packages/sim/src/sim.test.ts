// Simulations of every test run: seeds that are always the same, and some that nobody has seen.
import { systemClock, systemRandom } from "@moldau/env";
import { describe, expect, it } from "vitest";
import { failureText } from "./run-seeds.js";
import { sabotages } from "./sabotage/sabotages.js";
import { simulate } from "./simulation.js";

const FIXED_SEEDS = 60;
/**
 * Zeros that prepare a journal file landed on the end of the segment that it had become; retention had been asked about a topic that was
 * deleted with batches in flight (twice).
 */
const BRIEF_SEEDS = [0x8f87784, 0xbc5b9f41, 0xbc5b9ff3];
const FRESH_MS = 3_000;
const SABOTAGED_SEEDS = 150;
const TIMEOUT_MS = 120_000;

describe("a broker whose disk loses power", () => {
  it("keeps what it promised, in worlds that are always the same", { timeout: TIMEOUT_MS }, async () => {
    const failures: unknown[] = [];
    for (let seed = 1; seed <= FIXED_SEEDS; seed++) failures.push(failureText(await simulate(seed)));
    expect(failures.filter(Boolean)).toEqual([]);
  });

  it("keeps what it promised, where journal files become segments and lives are brief", { timeout: TIMEOUT_MS }, async () => {
    const failures: unknown[] = [];
    for (const seed of [...BRIEF_SEEDS, ...Array.from({ length: 20 }, (_, i) => i + 1)]) {
      failures.push(failureText(await simulate(seed, { shape: "brief" })));
    }
    expect(failures.filter(Boolean)).toEqual([]);
  });

  it("keeps what it promised, in worlds that nobody has seen", { timeout: TIMEOUT_MS }, async () => {
    const clock = systemClock;
    const random = systemRandom;
    const failures: unknown[] = [];
    for (const endMs = clock.monotonicMs() + FRESH_MS; clock.monotonicMs() < endMs; ) {
      failures.push(failureText(await simulate(Math.floor(random.float() * 2 ** 32))));
    }
    expect(failures.filter(Boolean)).toEqual([]);
  });

  it("does the same again when the seed is the same", { timeout: TIMEOUT_MS }, async () => {
    for (const seed of [7, 8, 9, 10]) expect(await simulate(seed)).toEqual(await simulate(seed));
    expect((await simulate(7)).digest).not.toBe((await simulate(8)).digest);
  });
});

describe("a sabotage is noticed", () => {
  it.each(Object.entries(sabotages))("%s", { timeout: TIMEOUT_MS }, async (_, sabotage) => {
    for (let seed = 1; seed <= SABOTAGED_SEEDS; seed++) {
      const { faults } = await simulate(seed, { sabotage });
      if (faults.length > 0) return;
    }
    expect.fail(`${SABOTAGED_SEEDS} seeds, and nothing was found wrong`);
  });
});
