import { describe, expect, it } from "vitest";
import { DiskError } from "./disk.js";
import { describeDisk } from "./disk-contract.js";
import { memoryDisk } from "./memory-disk.js";

let homes = 0;
describeDisk("memory", memoryDisk(), async () => `/home-${homes++}`);

describe("memory disk", () => {
  it("is full at its capacity, and not for what overwrites", async () => {
    const disk = memoryDisk({ capacityBytes: 10 });
    const file = await disk.open("/f", { create: true, mode: "buffered" });
    await file.write([new Uint8Array(10)], 0);
    await expect(file.write([new Uint8Array(1)], 10)).rejects.toMatchObject({ code: "ENOSPC" });
    await file.write([new Uint8Array(10).fill(1)], 0);
    expect(disk.bytesOf("/f")).toEqual(new Uint8Array(10).fill(1));
  });

  it("keeps two names of one file one file when it restarts", async () => {
    const disk = memoryDisk({ capacityBytes: 10 });
    const file = await disk.open("/f", { create: true, mode: "synced" });
    await file.write([new Uint8Array(6)], 0);
    await disk.link("/f", "/g");
    expect(await disk.space("/")).toEqual({ freeBytes: 4, totalBytes: 10 });
    const after = disk.restarted();
    await (await after.open("/f", { mode: "synced" })).write([Uint8Array.of(1)], 0);
    expect(after.bytesOf("/g")[0]).toBe(1);
    expect(disk.bytesOf("/f")[0]).toBe(0);
  });

  it("fails as it is told, and restarts with what was written", async () => {
    const disk = memoryDisk();
    const file = await disk.open("/f", { create: true, mode: "synced" });
    await file.write([Uint8Array.of(1)], 0);
    const after = disk.restarted();
    disk.options.beforeWrite = (path) => {
      throw new DiskError("EIO", path, "broken");
    };
    await expect(file.write([Uint8Array.of(2)], 0)).rejects.toMatchObject({ code: "EIO" });
    expect(await after.readFile("/f")).toEqual(Uint8Array.of(1));
  });
});
