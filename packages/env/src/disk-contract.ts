// What every Disk does, as a suite that each adapter passes.
import { beforeEach, describe, expect, it } from "vitest";
import { type Disk, DiskError, PAGE_BYTES } from "./disk.js";

const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);
const bytes = (value: string): Uint8Array => new TextEncoder().encode(value);

const codeOf = async (action: Promise<unknown>): Promise<string> => {
  const error = await action.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(DiskError);
  return error instanceof DiskError ? error.code : "";
};

/** `directory` makes a fresh, empty one. */
export function describeDisk(name: string, disk: Disk, directory: () => Promise<string>): void {
  describe(`disk: ${name}`, () => {
    let home = "";
    beforeEach(async () => {
      home = await directory();
    });

    it("writes parts one after another, and reads up to the end of the file", async () => {
      const file = await disk.open(`${home}/a`, { create: true, mode: "buffered" });
      await file.write([bytes("ab"), bytes(""), bytes("cde")], 1);
      await file.write(
        Array.from({ length: 3000 }, (_, index) => Uint8Array.of(index % 251)),
        10,
      );
      await file.sync();
      const into = new Uint8Array(4000);
      expect(await file.read(into, 0)).toBe(3010);
      expect(text(into.subarray(1, 6))).toBe("abcde");
      expect(into.subarray(10, 3010)).toEqual(Uint8Array.from({ length: 3000 }, (_, index) => index % 251));
      expect(await file.read(into, 5000)).toBe(0);
      await file.truncate(3);
      expect(await file.sizeBytes()).toBe(3);
      await file.close();
    });

    it("writes aligned pages durably, and refuses unaligned ones with EINVAL", async () => {
      const file = await disk.open(`${home}/direct`, { create: true, mode: "direct" });
      const memory = disk.alignedMemory(3 * PAGE_BYTES);
      expect(memory.every((byte) => byte === 0)).toBe(true);
      memory.fill(7, PAGE_BYTES, 2 * PAGE_BYTES);
      await file.write([memory.subarray(PAGE_BYTES, 2 * PAGE_BYTES)], PAGE_BYTES);
      await file.write([memory.subarray(0, PAGE_BYTES), memory.subarray(PAGE_BYTES)], 2 * PAGE_BYTES);
      expect(await codeOf(file.write([memory.subarray(0, PAGE_BYTES)], 100))).toBe("EINVAL");
      const into = disk.alignedMemory(2 * PAGE_BYTES);
      expect(await file.read(into, PAGE_BYTES)).toBe(2 * PAGE_BYTES);
      expect(into[0]).toBe(7);
      expect(into[PAGE_BYTES]).toBe(0);
      await file.close();
    });

    it("opens files for reading only", async () => {
      await disk.replaceFile(`${home}/kept`, bytes("kept"));
      const file = await disk.open(`${home}/kept`, { mode: "buffered", readOnly: true });
      const into = new Uint8Array(4);
      expect(await file.read(into, 0)).toBe(4);
      expect(await codeOf(file.write([bytes("gone")], 0))).toBe("EBADF");
      await file.close();
      expect(text(await disk.readFile(`${home}/kept`))).toBe("kept");
    });

    it("says ENOENT for a file that is not to be created", async () => {
      expect(await codeOf(disk.open(`${home}/none`, { mode: "synced" }))).toBe("ENOENT");
      expect(await disk.readFile(`${home}/none`)).toBeUndefined();
      await disk.remove(`${home}/none`);
    });

    it("replaces small files whole, renames, removes, and lists what is there", async () => {
      await disk.makeDirectory(`${home}/x/y`);
      await disk.replaceFile(`${home}/x/one`, bytes("first"));
      await disk.replaceFile(`${home}/x/one`, bytes("2nd"));
      expect(text(await disk.readFile(`${home}/x/one`))).toBe("2nd");
      await disk.rename(`${home}/x/one`, `${home}/x/two`);
      await disk.syncDirectory(`${home}/x`);
      const names = (await disk.list(`${home}/x`)).map(({ name, kind }) => `${kind} ${name}`).sort();
      expect(names).toEqual(["directory y", "file two"]);
      await disk.remove(`${home}/x/two`);
      expect(await disk.list(`${home}/x`)).toHaveLength(1);
      expect(await disk.list(`${home}/nowhere`)).toEqual([]);
    });

    it("gives a file a second name, and keeps it until both are gone", async () => {
      const file = await disk.open(`${home}/first`, { create: true, mode: "synced" });
      await file.write([bytes("ab")], 0);
      await disk.link(`${home}/first`, `${home}/second`);
      await file.write([bytes("c")], 2);
      await file.close();
      expect(text(await disk.readFile(`${home}/second`))).toBe("abc");
      expect(await codeOf(disk.link(`${home}/first`, `${home}/second`))).toBe("EEXIST");
      expect(await codeOf(disk.link(`${home}/none`, `${home}/third`))).toBe("ENOENT");
      await disk.remove(`${home}/first`);
      expect(text(await disk.readFile(`${home}/second`))).toBe("abc");
    });

    it("locks a directory for one owner until it is released", async () => {
      const lock = await disk.lock(home);
      expect(await codeOf(disk.lock(home))).toBe("ELOCKED");
      await lock.release();
      await (await disk.lock(home)).release();
    });

    it("knows the space there is", async () => {
      const { freeBytes, totalBytes } = await disk.space(home);
      expect(freeBytes).toBeGreaterThan(0);
      expect(totalBytes).toBeGreaterThanOrEqual(freeBytes);
    });
  });
}
