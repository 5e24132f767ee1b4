// What every blob store holds, as tests. Each adapter runs them.
import { AssertionError } from "@moldau/std";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BlobMissing, type BlobStore } from "./blob-store.js";

export interface BlobsUnderTest {
  readonly blobs: BlobStore;
  /** Opens what was stored anew, as a restart does. */
  reopen(): Promise<BlobStore>;
  close(): Promise<void>;
}

/** Bytes that differ everywhere, so that a shifted copy is noticed. */
export const patterned = (length: number, seed = 1): Uint8Array => {
  const bytes = new Uint8Array(length);
  for (let i = 0, state = seed; i < length; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
};

export async function content(blobs: BlobStore, key: string): Promise<Uint8Array> {
  const bytes = new Uint8Array(await blobs.sizeBytes(key));
  expect(await blobs.read(key, 0, bytes)).toBe(bytes.length);
  return bytes;
}

const same = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;

export function describeBlobStore(name: string, open: () => Promise<BlobsUnderTest>): void {
  describe(`${name} blobs`, () => {
    let tested: BlobsUnderTest;
    let blobs: BlobStore;
    beforeEach(async () => {
      tested = await open();
      blobs = tested.blobs;
    });
    afterEach(() => tested.close());

    const keys = async (prefix: string) => {
      const found: string[] = [];
      for await (const { key } of blobs.list(prefix)) found.push(key);
      return found.sort();
    };

    it.each([0, 1, 4095, 4096, 4097, 262_144, 1_048_576, 9_000_001])("stores %i bytes and gives them back", async (length) => {
      const bytes = patterned(length);
      await blobs.put("segments/01/a.seg", [[bytes]]);
      expect(await blobs.sizeBytes("segments/01/a.seg")).toBe(length);
      expect(same(await content(blobs, "segments/01/a.seg"), bytes)).toBe(true);
      expect(same(await content(await tested.reopen(), "segments/01/a.seg"), bytes)).toBe(true);
    });

    it("joins parts of any size, whose memory is used again", async () => {
      const bytes = patterned(2_500_000);
      const memory = new Uint8Array(70_000);
      async function* parts() {
        for (let at = 0, size = 1; at < bytes.length; size = Math.min(size * 3, 70_000)) {
          const part = memory.subarray(0, Math.min(size, bytes.length - at));
          part.set(bytes.subarray(at, at + part.length));
          at += part.length;
          yield [part.subarray(0, part.length >> 1), part.subarray(part.length >> 1)];
        }
      }
      await blobs.put("a", parts());
      expect(same(await content(blobs, "a"), bytes)).toBe(true);
    });

    it("reads any range, and fewer bytes only at the end", async () => {
      const bytes = patterned(10_000);
      await blobs.put("a", [[bytes]]);
      const into = new Uint8Array(5_000);
      expect(await blobs.read("a", 123, into)).toBe(5_000);
      expect(same(into, bytes.subarray(123, 5_123))).toBe(true);
      expect(await blobs.read("a", 9_000, into)).toBe(1_000);
      expect(same(into.subarray(0, 1_000), bytes.subarray(9_000))).toBe(true);
      expect(await blobs.read("a", 10_000, into)).toBe(0);
    });

    it("says that a blob is missing", async () => {
      await expect(blobs.read("none", 0, new Uint8Array(1))).rejects.toThrow(BlobMissing);
      await expect(blobs.sizeBytes("none")).rejects.toThrow(BlobMissing);
    });

    it("shows nothing of a blob whose parts failed", async () => {
      async function* parts() {
        yield [patterned(2_000_000)];
        throw new Error("source lost");
      }
      await expect(blobs.put("a", parts())).rejects.toThrow("source lost");
      await expect(blobs.sizeBytes("a")).rejects.toThrow(BlobMissing);
      expect(await keys("")).toEqual([]);
    });

    it("shows nothing of a blob before it is whole", async () => {
      let seen: readonly string[] = ["not looked"];
      async function* parts() {
        yield [patterned(2_000_000)];
        seen = await keys("");
      }
      await blobs.put("a", parts());
      expect(seen).toEqual([]);
      expect(await keys("")).toEqual(["a"]);
    });

    it("deletes, also what is not there", async () => {
      await blobs.put("segments/01/a", [[patterned(10)]]);
      await blobs.put("segments/01/b", [[patterned(10)]]);
      await content(blobs, "segments/01/a");
      await blobs.delete(["segments/01/a", "segments/02/none"]);
      await expect(blobs.read("segments/01/a", 0, new Uint8Array(1))).rejects.toThrow(BlobMissing);
      expect((await content(blobs, "segments/01/b")).length).toBe(10);
    });

    it("lists by prefix, with sizes", async () => {
      for (const key of ["segments/01/a", "segments/02/b", "other/c", "segments-not"]) await blobs.put(key, [[patterned(key.length)]]);
      expect(await keys("segments/")).toEqual(["segments/01/a", "segments/02/b"]);
      expect(await keys("segments/02")).toEqual(["segments/02/b"]);
      expect(await keys("")).toHaveLength(4);
      for await (const { key, sizeBytes } of blobs.list("")) expect(sizeBytes).toBe(key.length);
    });

    it.each(["", "/a", "a/", "a//b", "../a", "a/../b", "a/.b", ".", "a\0b", "a b", "a\\b"])("refuses the key %j", async (key) => {
      await expect(blobs.put(key, [[patterned(1)]])).rejects.toThrow(AssertionError);
    });

    it("writes and reads many blobs at once", async () => {
      const all = Array.from({ length: 20 }, (_, i) => ({ key: `many/${i}`, bytes: patterned(50_000 * i, i) }));
      await Promise.all(all.map(({ key, bytes }) => blobs.put(key, [[bytes]])));
      const read = await Promise.all(all.map(({ key }) => content(blobs, key)));
      expect(read.map((bytes, i) => same(bytes, all[i]?.bytes ?? new Uint8Array()))).toEqual(all.map(() => true));
    });
  });
}
