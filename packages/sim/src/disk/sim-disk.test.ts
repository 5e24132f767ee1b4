import { type Disk, DiskError, PAGE_BYTES } from "@moldau/env";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../time/seeded-random.js";
import { virtualTime } from "../time/virtual-time.js";
import { type Crash, simDisk } from "./sim-disk.js";

/** Runs `before` on a disk, ends it in that way, and gives what `after` finds; for many seeds. */
async function found<Found>(
  crash: Crash,
  before: (disk: Disk, errors: (probability: number) => void) => Promise<void>,
  after: (disk: Disk) => Promise<Found>,
) {
  const results: Found[] = [];
  for (let seed = 1; seed <= 40; seed++) {
    const time = virtualTime();
    const faults = { writeErrors: 0, readErrors: 0, stalls: 0, capacityBytes: 1_000_000, direct: true };
    const disk = simDisk(time, seededRandom(seed), faults);
    const finish = async <Result>(work: Promise<Result>): Promise<Result> => {
      let done = false;
      const mark = () => {
        done = true;
      };
      work.then(mark, mark);
      await time.run(() => done, 10_000);
      return work;
    };
    await finish(before(disk.boot(), (probability) => Object.assign(faults, { writeErrors: probability })));
    faults.writeErrors = 0;
    disk.crash(crash);
    results.push(await finish(after(disk.boot())));
  }
  return results;
}

const page = (value: number): Uint8Array => new Uint8Array(PAGE_BYTES).fill(value);
const write =
  (mode: "direct" | "buffered", value: number, sync = false) =>
  async (disk: Disk) => {
    const file = await disk.open("/a", { create: true, mode });
    await file.write([page(value)], 0);
    if (sync) await file.sync();
    await disk.syncDirectory("/");
  };
const valuesIn = async (disk: Disk): Promise<ReadonlySet<number> | undefined> => {
  const content = await disk.readFile("/a");
  return content && new Set(content);
};

describe("simDisk", () => {
  it("keeps what was written durably or synced, through any end", async () => {
    for (const crash of ["power", "process"] as const) {
      for (const before of [write("direct", 7), write("buffered", 7, true)]) {
        for (const values of await found(crash, before, valuesIn)) expect(values).toEqual(new Set([7]));
      }
    }
  });

  it("loses, keeps or tears what was not synced, when the power goes", async () => {
    const outcomes = await found("power", write("buffered", 7), valuesIn);
    const kinds = new Set(outcomes.map((values) => (values?.size === 2 ? "torn" : values?.has(7) ? "kept" : "lost")));
    expect(kinds).toEqual(new Set(["torn", "kept", "lost"]));
    for (const values of await found("process", write("buffered", 7), valuesIn)) expect(values).toEqual(new Set([7]));
  });

  it("does not know any more what a failed sync was to make durable", async () => {
    const outcomes = await found(
      "power",
      async (disk, errors) => {
        await write("buffered", 7)(disk);
        const file = await disk.open("/a", { mode: "buffered" });
        errors(1);
        await expect(file.sync()).rejects.toThrow(DiskError);
        errors(0);
        await file.sync();
      },
      valuesIn,
    );
    expect(outcomes.some((values) => values?.has(0))).toBe(true);
  });

  it("keeps names once their directory was synced, and some of the others", async () => {
    const make = (sync: boolean) => async (disk: Disk) => {
      await disk.makeDirectory("/d");
      for (const name of ["x", "y"]) await disk.open(`/d/${name}`, { create: true, mode: "direct" });
      if (sync) await disk.syncDirectory("/d");
      await disk.rename("/d/y", "/d/z");
    };
    const names = async (disk: Disk) => (await disk.list("/d")).map(({ name }) => name).join("");
    expect(new Set(await found("power", make(true), names))).toEqual(new Set(["xy", "xz"]));
    expect(new Set(await found("power", make(false), names))).toEqual(new Set(["", "x", "xy", "xz"]));
  });

  it("refuses what a disk refuses", async () => {
    const codes = await found(
      "process",
      async () => {},
      async (disk) => {
        const codeOf = (work: Promise<unknown>) =>
          work.then(
            () => "none",
            (error: unknown) => (error instanceof DiskError ? error.code : "?"),
          );
        const file = await disk.open("/a", { create: true, mode: "direct" });
        return [
          await codeOf(file.write([page(1).subarray(1)], 0)),
          await codeOf(file.write([new Uint8Array(PAGE_BYTES * 300)], 0)),
          await codeOf(disk.open("/b", { mode: "direct" })),
          await codeOf(disk.open("/no/b", { create: true, mode: "direct" })),
        ];
      },
    );
    for (const one of codes) expect(one).toEqual(["EINVAL", "ENOSPC", "ENOENT", "ENOENT"]);
  });
});
