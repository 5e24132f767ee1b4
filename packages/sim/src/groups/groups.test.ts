// Simulations of groups in every test run: seeds that are always the same, and some that nobody has seen.
import { systemClock, systemRandom } from "@moldau/env";
import { describe, expect, it } from "vitest";
import { failureText } from "../run-seeds.js";
import { sabotages } from "../sabotage/sabotages.js";
import { simulateGroups } from "./group-simulation.js";

const FIXED_SEEDS = 20;
const FRESH_MS = 2_000;
const SABOTAGED_SEEDS = 100;
const TIMEOUT_MS = 120_000;

describe("groups whose members and broker die", () => {
  it("have one owner for each partition, in worlds that are always the same", { timeout: TIMEOUT_MS }, async () => {
    const failures: unknown[] = [];
    for (let seed = 1; seed <= FIXED_SEEDS; seed++) failures.push(failureText(await simulateGroups(seed)));
    expect(failures.filter(Boolean)).toEqual([]);
  });

  it("have one owner for each partition, in worlds that nobody has seen", { timeout: TIMEOUT_MS }, async () => {
    const failures: unknown[] = [];
    for (const endMs = systemClock.monotonicMs() + FRESH_MS; systemClock.monotonicMs() < endMs; ) {
      failures.push(failureText(await simulateGroups(Math.floor(systemRandom.float() * 2 ** 32))));
    }
    expect(failures.filter(Boolean)).toEqual([]);
  });

  it("do the same again when the seed is the same", { timeout: TIMEOUT_MS }, async () => {
    for (const seed of [7, 8]) expect(await simulateGroups(seed)).toEqual(await simulateGroups(seed));
  });
});

describe("a sabotage is noticed", () => {
  it.each(["a disk that never syncs", "acknowledged before it is durable"] as const)("%s", { timeout: TIMEOUT_MS }, async (name) => {
    for (let seed = 1; seed <= SABOTAGED_SEEDS; seed++) {
      const { faults } = await simulateGroups(seed, { sabotage: sabotages[name] });
      if (faults.length > 0) return;
    }
    expect.fail(`${SABOTAGED_SEEDS} seeds, and nothing was found wrong`);
  });
});
