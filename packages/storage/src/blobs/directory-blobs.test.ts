import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Disk, DiskError, memoryDisk, nodeDisk } from "@moldau/env";
import { describe, expect, it } from "vitest";
import { StorageError } from "../errors.js";
import { content, describeBlobStore, patterned } from "./blob-store.contract.js";
import { BlobMissing } from "./blob-store.js";
import { directoryBlobs } from "./directory-blobs.js";

const onDisk = (makeDisk: () => Disk) => async () => {
  const directory = await mkdtemp(join(tmpdir(), "moldau-blobs-"));
  const open = () => directoryBlobs({ disk: makeDisk(), directory });
  return { blobs: open(), reopen: async () => open(), close: () => rm(directory, { recursive: true }) };
};

describeBlobStore("directory", onDisk(nodeDisk));
describeBlobStore(
  "directory without direct writes",
  onDisk(() => refusingDirect(nodeDisk())),
);
describeBlobStore("directory in memory", async () => {
  const disk = memoryDisk();
  const open = () => directoryBlobs({ disk, directory: "/data" });
  return { blobs: open(), reopen: async () => open(), close: async () => {} };
});

function refusingDirect(disk: Disk): Disk {
  return {
    ...disk,
    open: async (path, options) => {
      if (options.mode === "direct" || options.uncached) throw new DiskError("EINVAL", path, "no direct writes");
      return disk.open(path, options);
    },
  };
}

describe("directory blobs", () => {
  it("are files named as their keys, of exactly their bytes", async () => {
    const directory = await mkdtemp(join(tmpdir(), "moldau-blobs-"));
    await directoryBlobs({ disk: nodeDisk(), directory }).put("segments/2a/x.seg", [[patterned(5_000)]]);
    expect(Buffer.compare(await readFile(join(directory, "segments/2a/x.seg")), patterned(5_000))).toBe(0);
    expect(await readdir(join(directory, ".incoming"))).toEqual([]);
    await rm(directory, { recursive: true });
  });

  it.each([
    ["on disk", () => nodeDisk()],
    ["in memory", () => memoryDisk()],
  ])("adopts a file as it lies, and again, %s", async (_, makeDisk) => {
    const directory = await mkdtemp(join(tmpdir(), "moldau-blobs-"));
    const disk = makeDisk();
    await disk.replaceFile(`${directory}/ring`, patterned(5_000));
    const blobs = directoryBlobs({ disk, directory });
    for (let i = 0; i < 2; i++) expect(await blobs.adopt?.("segments/2a/x.seg", `${directory}/ring`)).toBe(true);
    await disk.remove(`${directory}/ring`);
    expect(await content(blobs, "segments/2a/x.seg")).toEqual(patterned(5_000));
    await rm(directory, { recursive: true });
  });

  it("makes every folder durable that it could not make before", async () => {
    const disk = memoryDisk();
    const made: string[] = [];
    const makeDirectory = async (path: string) => {
      made.push(path);
      await disk.makeDirectory(path);
      if (made.length === 2) throw new DiskError("EIO", path, "made, and not synced");
    };
    const blobs = directoryBlobs({ disk: { ...disk, makeDirectory }, directory: "/data" });
    await expect(blobs.put("segments/2a/x.seg", [[patterned(1)]])).rejects.toMatchObject({ kind: "io" });
    await blobs.put("segments/2a/x.seg", [[patterned(1)]]);
    expect(made).toEqual(["/data/.incoming", "/data/segments", "/data/segments", "/data/segments/2a"]);
  });

  it("adopts none where the file system has no second names", async () => {
    const disk = memoryDisk();
    await disk.replaceFile("/data/ring", patterned(10));
    const blobs = directoryBlobs({
      disk: { ...disk, link: (path) => Promise.reject(new DiskError("EPERM", path, "no")) },
      directory: "/data",
    });
    expect(await blobs.adopt?.("a", "/data/ring")).toBe(false);
    expect(blobs.adopt).toBeUndefined();
  });

  it("removes what a crash left of a blob being written, before the next one", async () => {
    const disk = memoryDisk();
    await disk.replaceFile("/data/.incoming/0-old.seg", patterned(10));
    const blobs = directoryBlobs({ disk, directory: "/data" });
    for await (const { key } of blobs.list("")) expect.fail(`${key} is no blob`);
    await blobs.put("a", [[patterned(1)]]);
    expect(await disk.list("/data/.incoming")).toEqual([]);
  });

  it("does not list files that are no blobs", async () => {
    const directory = await mkdtemp(join(tmpdir(), "moldau-blobs-"));
    const blobs = directoryBlobs({ disk: nodeDisk(), directory });
    await blobs.put("a", [[patterned(3)]]);
    await writeFile(join(directory, ".hidden"), "x");
    await writeFile(join(directory, "not a key"), "x");
    const keys = [];
    for await (const { key } of blobs.list("")) keys.push(key);
    expect(keys).toEqual(["a"]);
    await rm(directory, { recursive: true });
  });

  it("serves a reader whose blob is deleted meanwhile", async () => {
    const directory = await mkdtemp(join(tmpdir(), "moldau-blobs-"));
    const blobs = directoryBlobs({ disk: nodeDisk(), directory });
    const bytes = patterned(8_000_000);
    await blobs.put("a", [[bytes]]);
    const into = new Uint8Array(bytes.length);
    const reading = blobs.read("a", 0, into);
    await blobs.delete(["a"]);
    expect(await reading).toBe(bytes.length);
    expect(Buffer.compare(into, bytes)).toBe(0);
    await expect(blobs.read("a", 0, into)).rejects.toThrow(BlobMissing);
    await rm(directory, { recursive: true });
  });

  it("reads more blobs than files are kept open", async () => {
    const disk = memoryDisk();
    let open = 0;
    const counted: Disk = {
      ...disk,
      open: async (path, options) => {
        const file = await disk.open(path, options);
        open++;
        return { ...file, close: async () => void open-- };
      },
    };
    const blobs = directoryBlobs({ disk: counted, directory: "/data" });
    for (let i = 0; i < 300; i++) await blobs.put(`many/${i}`, [[patterned(10, i)]]);
    for (let i = 0; i < 300; i++) expect(Buffer.compare(await content(blobs, `many/${i}`), patterned(10, i))).toBe(0);
    expect(open).toBe(256);
  });

  it("says that the disk is full, leaves nothing behind, and goes on when there is space", async () => {
    const disk = memoryDisk({ capacityBytes: 2_000_000 });
    const blobs = directoryBlobs({ disk, directory: "/data" });
    const error = await blobs.put("a", [[patterned(3_000_000)]]).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(StorageError);
    expect((error as StorageError).kind).toBe("full");
    await expect(blobs.read("a", 0, new Uint8Array(1))).rejects.toThrow(BlobMissing);
    disk.options.capacityBytes = 5_000_000;
    await blobs.put("a", [[patterned(3_000_000)]]);
    expect((await content(blobs, "a")).length).toBe(3_000_000);
  });

  it("does not reuse memory while the disk still writes it", async () => {
    let held: (() => void) | undefined;
    const disk = memoryDisk();
    disk.options.beforeWrite = (path) =>
      path.includes("slow") && held === undefined ? new Promise((resolve) => (held = resolve)) : undefined;
    const blobs = directoryBlobs({ disk, directory: "/data" });
    async function* failing() {
      yield [patterned(1_100_000)];
      throw new Error("source lost");
    }
    let settled = false;
    const slow = blobs.put("slow", failing()).catch(() => {
      settled = true;
    });
    await blobs.put("other", [[patterned(2_000_000, 9)]]);
    expect(settled).toBe(false);
    held?.();
    await slow;
    expect(settled).toBe(true);
    expect(Buffer.compare(await content(blobs, "other"), patterned(2_000_000, 9))).toBe(0);
  });
});
