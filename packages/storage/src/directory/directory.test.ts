import { memoryDisk, systemClock, systemRandom, systemTimers } from "@moldau/env";
import { describe, expect, it } from "vitest";
import { DirectoryRefused } from "../errors.js";
import { memoryMedium } from "./medium.js";
import { openDirectory } from "./open-directory.js";

const text = (content: string) => new TextEncoder().encode(content);
const openOn = (disk: ReturnType<typeof memoryDisk>) =>
  openDirectory({
    disk,
    clock: systemClock,
    timers: systemTimers,
    random: systemRandom,
    directory: "/data",
    brokerId: 1,
    ...memoryMedium(),
  });

describe("a data directory", () => {
  it("is made where there is none, and keeps its id", async () => {
    const disk = memoryDisk();
    const first = await openOn(disk);
    expect(first.directoryId).toHaveLength(22);
    await first.close();
    const second = await openOn(disk);
    expect(second.directoryId).toBe(first.directoryId);
    await second.close();
  });

  it("has one owner at a time", async () => {
    const disk = memoryDisk();
    const owner = await openOn(disk);
    await expect(openOn(disk)).rejects.toThrow(/^\/data is in use.*--data\.$/);
    await owner.close();
    await (await openOn(disk)).close();
  });

  it("is not taken when it is somebody else's, and nothing is written there", async () => {
    const disk = memoryDisk();
    await disk.makeDirectory("/data");
    await disk.replaceFile("/data/thesis.doc", text("chapter 1"));
    await expect(openOn(disk)).rejects.toThrow(/"thesis\.doc".*not a Moldau data directory.*--data/);
    expect((await disk.list("/data")).map(({ name }) => name)).toEqual(["thesis.doc"]);
  });

  it("is taken when it is a file system's empty root", async () => {
    const disk = memoryDisk();
    await disk.makeDirectory("/data/lost+found");
    await (await openOn(disk)).close();
  });

  it("is refused when a newer release wrote it", async () => {
    const disk = memoryDisk();
    await disk.replaceFile("/data/moldau.json", text('{"format":2,"directoryId":"AAAAAAAAAAAAAAAAAAAAAQ"}'));
    await expect(openOn(disk)).rejects.toThrow(/format 2.*up to 1.*newer/);
  });

  it("is refused when its marker is not readable", async () => {
    for (const marker of ["", "{", "[]", "null", '{"format":"1"}', '{"format":1.5,"directoryId":"x"}']) {
      const disk = memoryDisk();
      await disk.replaceFile("/data/moldau.json", text(marker));
      const error = await openOn(disk).catch((failure: unknown) => failure);
      expect(error, marker).toBeInstanceOf(DirectoryRefused);
      // The lock is not kept by who was refused.
      await expect(openOn(disk)).rejects.toThrow("not readable");
    }
  });
});
