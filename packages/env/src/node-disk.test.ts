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

describe("closing a file", () => {
  it("waits for what is under way, and nothing goes to its descriptor after", async () => {
    const disk = nodeDisk();
    const home = await homeIn(tmpdir())();
    const first = await disk.open(`${home}/first`, { create: true, mode: "buffered" });
    const written = first.write([new Uint8Array(4 * 1024 * 1024).fill(1)], 0);
    const closed = first.close();
    const second = await disk.open(`${home}/second`, { create: true, mode: "buffered" });
    await Promise.all([written, closed]);
    const third = await disk.open(`${home}/third`, { create: true, mode: "buffered" });
    await expect(first.write([Uint8Array.of(2)], 0)).rejects.toMatchObject({ code: "EBADF" });
    await expect(first.close()).rejects.toMatchObject({ code: "EBADF" });
    expect([await second.sizeBytes(), await third.sizeBytes()]).toEqual([0, 0]);
    expect((await disk.readFile(`${home}/first`))?.every((byte) => byte === 1)).toBe(true);
    await second.close();
    await third.close();
  });
});

describe("making a directory", () => {
  it("fails with its own cause, and not for want of what is missing because of it", async () => {
    const disk = nodeDisk();
    const home = await homeIn(tmpdir())();
    await disk.replaceFile(`${home}/file`, Uint8Array.of(1));
    await expect(disk.makeDirectory(`${home}/file/below`)).rejects.toMatchObject({ code: "ENOTDIR" });
    await expect(disk.makeDirectory(`${home}/file`)).rejects.toMatchObject({ code: "EEXIST" });
    await disk.makeDirectory(`${home}/a/b/c`);
    await disk.makeDirectory(`${home}/a/b/c`);
    expect(await disk.list(`${home}/a/b`)).toEqual([{ name: "c", kind: "directory" }]);
  });
});
