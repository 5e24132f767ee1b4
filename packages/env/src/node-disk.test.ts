import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { describeDisk } from "./disk-contract.js";
import { nodeDisk } from "./node-disk.js";
import { INLINE_WRITE_BYTES, inlineBudget } from "./node-inline-writes.js";

const homes: string[] = [];
const homeIn = (parent: string) => async () => {
  const home = mkdtempSync(join(parent, ".tmp-disk-"));
  homes.push(home);
  return home;
};
afterAll(() => {
  for (const home of homes) rmSync(home, { recursive: true });
});

describeDisk("node, temporary directory", nodeDisk(), homeIn(tmpdir()));
describeDisk("node, this package's file system", nodeDisk(), homeIn(fileURLToPath(new URL("..", import.meta.url))));

describe("inline writes", () => {
  it("take no more than their share of the time, and pay off a slow one", () => {
    let nowMs = 0;
    const budget = inlineBudget(() => nowMs);
    expect(budget.allows(INLINE_WRITE_BYTES)).toBe(true);
    expect(budget.allows(INLINE_WRITE_BYTES + 1)).toBe(false);
    budget.spend(100);
    nowMs += 300;
    expect(budget.allows(4096)).toBe(false);
    nowMs += 100;
    expect(budget.allows(4096)).toBe(true);
    nowMs += 1e9;
    expect(budget.allows(4096)).toBe(true);
    budget.spend(5);
    expect(budget.allows(4096)).toBe(false);
  });
});
