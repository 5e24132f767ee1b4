// A directory as the store wrote it, whole and damaged: what is found, and that nothing is changed by looking.
import { mkdir, open, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Disk, DiskError, nodeDisk } from "@moldau/env";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Finding, isDamage } from "./finding.js";
import { openLogs } from "./logs-on-disk.js";
import { contentOf, filesIn, type WrittenDirectory, writtenDirectory } from "./testing/written-directory.js";
import { verifyLogs } from "./verify-logs.js";

let directory: WrittenDirectory;
beforeAll(async () => {
  directory = await writtenDirectory();
});
afterAll(() => directory.remove());

async function findings(path: string, inUse = false): Promise<readonly Finding[]> {
  const logs = await openLogs(nodeDisk(), path);
  const found: Finding[] = [];
  for await (const finding of verifyLogs(logs, { inUse, isLive: () => true })) found.push(finding);
  await logs.close();
  return found;
}

async function flip(path: string, position: number, bits = 0x40): Promise<void> {
  const file = await open(path, "r+");
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, position);
  byte[0] = (byte[0] ?? 0) ^ bits;
  await file.write(byte, 0, 1, position);
  await file.close();
}

const sizeOf = async (path: string): Promise<number> => (await readFile(path)).length;

describe("looking at a data directory", () => {
  it("finds nothing wrong with one that is whole, and reads what was written", async () => {
    expect((await findings(directory.path)).filter(isDamage)).toEqual([]);
    expect(await contentOf(directory.path)).toEqual(directory.written);
  });

  it("changes no byte and leaves no file", async () => {
    const contents = async () => Promise.all((await filesIn(directory.path)).map(async (path) => [path, await readFile(path, "latin1")]));
    const before = await contents();
    await findings(directory.path);
    await contentOf(directory.path);
    expect(await contents()).toEqual(before);
  });

  it("names damage by file and byte, or it is harmless, wherever a bit is flipped", async () => {
    const copy = await directory.copy("flipped");
    const paths = await filesIn(copy);
    const seen = { named: 0, harmless: 0, torn: 0 };
    const share = fc.integer({ min: 0, max: 99_999 }).map((value) => value / 100_000);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), share, fc.integer({ min: 0, max: 7 }), async (path, where, bit) => {
        if (path.endsWith("-lock")) return;
        const position = Math.floor(where * (await sizeOf(path)));
        await flip(path, position, 1 << bit);
        try {
          const found = await findings(copy);
          const named = found.filter((finding) => finding.path === path);
          if (named.some(isDamage)) {
            seen.named++;
            // Chunks and groups are the largest things that a checksum is of; the catalog's pages name theirs.
            expect(named.some((one) => one.position === undefined || Math.abs(one.position - position) < 64 * 1024)).toBe(true);
          } else {
            const content = await contentOf(copy);
            const torn = named.some(({ kind }) => kind === "torn-tail");
            for (const [key, written] of directory.written) {
              const read = content.get(key) ?? Buffer.alloc(0);
              if (torn) expect(read.equals(written.subarray(0, read.length))).toBe(true);
              else expect(read.equals(written), `${path} at ${position}`).toBe(true);
            }
            if (torn) seen.torn++;
            else seen.harmless++;
          }
        } finally {
          await flip(path, position, 1 << bit);
        }
      }),
      { numRuns: 150, interruptAfterTimeLimit: 30_000 },
    );
    expect(seen.named).toBeGreaterThan(20);
    expect(seen.harmless).toBeGreaterThan(0);
  }, 60_000);

  it("tells all that is damaged, and not only the first", async () => {
    const copy = await directory.copy("often");
    const segments = (await filesIn(copy)).filter((path) => path.endsWith(".seg"));
    expect(segments.length).toBeGreaterThan(2);
    for (const path of segments) await flip(path, 4_200);
    const found = (await findings(copy)).filter(({ kind }) => kind === "batch");
    expect(new Set(found.map(({ path }) => path))).toEqual(new Set(segments));
    for (const { partition, firstOffset, lastOffset } of found) {
      expect(partition).toBeDefined();
      expect(lastOffset).toBeGreaterThanOrEqual(firstOffset ?? Number.POSITIVE_INFINITY);
    }
  });

  it("calls a torn tail normal, and gives what is before it", async () => {
    const crashed = await writtenDirectory({ crashed: true });
    const logs = await openLogs(nodeDisk(), crashed.path);
    const last = logs.journal.groups.at(-1);
    await logs.close();
    expect(last?.batchCount).toBeGreaterThan(0);
    const path = last?.file.path ?? "";
    for (const within of [100, 44]) {
      await flip(path, (last?.position ?? 0) + within);
      const [torn, ...others] = await findings(crashed.path);
      expect(torn).toMatchObject({ kind: "torn-tail", path });
      expect(others.filter(isDamage)).toEqual([]);
      const content = await contentOf(crashed.path);
      for (const [key, written] of crashed.written)
        expect(written.subarray(0, content.get(key)?.length).equals(content.get(key) ?? written)).toBe(true);
    }
    await crashed.remove();
  });

  it("tells of a directory in use what is still so at a second look", async () => {
    const copy = await directory.copy("used");
    const [damaged = "", gone = ""] = (await filesIn(copy)).filter((path) => path.endsWith(".seg"));
    await flip(damaged, 4_200);
    await rm(gone);
    expect(await findings(copy, true)).toEqual((await findings(copy)).filter(isDamage));
    const logs = await openLogs(nodeDisk(), copy);
    const healed = { ...logs, again: () => openLogs(nodeDisk(), directory.path) };
    const found = [];
    for await (const finding of verifyLogs(healed, { inUse: true, isLive: () => true })) found.push(finding);
    await logs.close();
    expect(found).toEqual([]);
  });

  it("misses a segment that is not there, and says which offsets it had", async () => {
    const copy = await directory.copy("missing");
    const [gone = ""] = (await filesIn(copy)).filter((path) => path.endsWith(".seg"));
    await rm(gone);
    const found = await findings(copy);
    expect(found.length).toBeGreaterThan(0);
    expect(found.every(({ kind, path, firstOffset }) => kind === "segment-missing" && path === gone && firstOffset !== undefined)).toBe(
      true,
    );
  });

  it("goes on without a catalog", async () => {
    const copy = await directory.copy("uncatalogued");
    await flip(join(copy, "catalog/catalog.mdb"), 24);
    await flip(join(copy, "catalog/catalog.mdb"), 4_096 + 24);
    const [first, ...others] = (await findings(copy)).filter(isDamage);
    expect(first).toMatchObject({ kind: "catalog", path: join(copy, "catalog/catalog.mdb"), position: 0 });
    expect(others).toEqual([]);
    expect(await contentOf(copy)).toEqual(directory.written);
  });

  it("goes on where the disk does not give its bytes", async () => {
    const real = nodeDisk();
    const segments = (await filesIn(directory.path)).filter((path) => path.endsWith(".seg"));
    for (const broken of ["catalog.mdb", "000000.ring", segments[0] ?? ""]) {
      const disk: Disk = {
        ...real,
        async open(path, options) {
          const file = await real.open(path, options);
          const read = () => Promise.reject(new DiskError("EIO", path, `read ${path}: i/o error`));
          return path.endsWith(broken) ? { ...file, read } : file;
        },
      };
      const logs = await openLogs(disk, directory.path);
      const found: Finding[] = [];
      for await (const finding of verifyLogs(logs, { inUse: false, isLive: () => true })) found.push(finding);
      await logs.close();
      expect(found[0]).toMatchObject({ path: expect.stringContaining(broken), message: expect.stringContaining("cannot be read") });
      // What the journal file had is missed, too.
      const others = found.filter(({ path, kind }) => !path.endsWith(broken) && kind !== "hole");
      expect(others.filter(isDamage)).toEqual([]);
    }
  });

  it("says in a sentence what is no directory of ours", async () => {
    const home = join(tmpdir(), `moldau-foreign-${process.pid}`);
    await mkdir(home);
    const reason = () => openLogs(nodeDisk(), home).then(String, (error: Error) => `${error.name}: ${error.message}`);
    expect(await reason()).toBe(`DirectoryRefused: ${home} does not exist, or is empty: there are no logs to look at.`);
    await writeFile(join(home, "thesis.doc"), "");
    expect(await reason()).toContain('it is not a Moldau data directory (there is "thesis.doc")');
    await writeFile(join(home, "meta.properties"), "");
    expect(await reason()).toContain("it is Apache Kafka's");
    await rm(home, { recursive: true });
  });
});
