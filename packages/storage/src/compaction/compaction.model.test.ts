// Random lives of a table: appends, tombstones, transactions, compaction of any part with any bounds, trims, crashes in the middle of a
// pass. Whatever happened, what is read makes the same table as all that was ever written, and nothing that stays has changed.
import { COMPRESSIONS } from "@moldau/records";
import fc from "fast-check";
import { expect, it } from "vitest";
import { orders } from "../log/testing/batches.js";
import { countingOwner, memoryMedia, openWorld, type World } from "../log/testing/world.js";
import { follow, isAborted, type Row, seenIn, Table } from "./testing/table.js";

const DELETE_RETENTION_MS = 100;

const key = fc.oneof({ weight: 20, arbitrary: fc.nat({ max: 12 }).map(String) }, { weight: 1, arbitrary: fc.constant(null) });
const value = fc.oneof({ weight: 4, arbitrary: fc.nat({ max: 3_000 }) }, { weight: 1, arbitrary: fc.constant(null) });
const rows = fc.array(fc.record({ key, value, timestamp: fc.nat({ max: 1_000 }) }), { minLength: 1, maxLength: 8 });
const producer = fc.constantFrom(1, 2, 3);
const append = fc.record({
  kind: fc.constant("append" as const),
  rows,
  producer: fc.option(producer, { freq: 2 }),
  compression: fc.constantFrom(...COMPRESSIONS, "none" as const),
});
const end = fc.record({ kind: fc.constant("end" as const), producer, type: fc.constantFrom("COMMIT" as const, "ABORT" as const) });
const compact = fc.record({
  kind: fc.constant("compact" as const),
  part: fc.oneof(
    fc.constant(1),
    fc.nat({ max: 99 }).map((part) => part / 100),
  ),
  keyBytes: fc.oneof(fc.constant(1 << 16), fc.integer({ min: 0, max: 150 })),
  olderThanMs: fc.option(fc.nat({ max: 1_000 }), { freq: 8 }),
  passesMs: fc.nat({ max: 80 }),
  /** Another pass at the same time, as a merge would be: each finds that the other has replaced what it read. */
  hasRival: fc.boolean(),
  /** So many turns after its beginning there is a crash. */
  crashAfter: fc.option(fc.nat({ max: 40 }), { freq: 3 }),
});
const other = fc.oneof(
  fc.record({ kind: fc.constant("trim" as const), part: fc.nat({ max: 30 }) }),
  fc.record({ kind: fc.constant("read" as const), part: fc.nat({ max: 100 }), maxBytes: fc.nat({ max: 20_000 }) }),
  fc.record({ kind: fc.constant("restart" as const) }),
);
type Step =
  typeof append extends fc.Arbitrary<infer A> ? A | Generated<typeof end> | Generated<typeof compact> | Generated<typeof other> : never;
type Generated<Of> = Of extends fc.Arbitrary<infer Value> ? Value : never;

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    { weight: 10, arbitrary: append as fc.Arbitrary<Step> },
    { weight: 3, arbitrary: end as fc.Arbitrary<Step> },
    { weight: 3, arbitrary: compact as fc.Arbitrary<Step> },
    { weight: 1, arbitrary: other as fc.Arbitrary<Step> },
  ),
  { minLength: 20, maxLength: 120, size: "max" },
);

class Life {
  readonly world: World;
  readonly table: Table;
  nowMs = 1_000;
  /** No pass has looked at what is at or after this. */
  touched = 0;
  cleanedThrough = 0;
  /** When each tombstone may have got its horizon at the earliest. */
  readonly found = new Map<number, number>();
  readonly gone = new Set<number>();

  constructor(world: World, table: Table) {
    this.world = world;
    this.table = table;
  }

  async step(step: Step): Promise<void> {
    const { table } = this;
    if (step.kind === "append") return this.append(step);
    if (step.kind === "end") return table.endTransaction(step.producer, step.type);
    if (step.kind === "compact") return this.compact(step);
    if (step.kind === "read") return this.read(step);
    if (step.kind === "trim") {
      const { logStartOffset, highWatermark } = table.log;
      return table.log.trim(logStartOffset + Math.floor(((highWatermark - logStartOffset) * step.part) / 100));
    }
    await this.world.restart();
    await this.reopen();
  }

  async append({ rows, producer, compression }: Generated<typeof append>): Promise<void> {
    const { table } = this;
    const offset = table.log.endOffset;
    const given: Row[] = rows.map((row, i) => ({ ...row, value: row.value === null ? null : `${offset + i} `.padEnd(row.value) }));
    if (producer === null) await table.append(given, { compression });
    else await table.appendTo(producer, given, { compression });
  }

  async reopen(): Promise<void> {
    this.table.log = await this.world.store.open(orders(0), countingOwner());
    await this.check();
  }

  async compact({ part, keyBytes, olderThanMs, passesMs, hasRival, crashAfter }: Generated<typeof compact>): Promise<void> {
    const { world, table } = this;
    this.nowMs += passesMs;
    await world.store.consolidate();
    const below = Math.floor(table.stableOffset * part);
    const { touched } = this;
    this.touched = Math.max(touched, below);
    for (const { offset, key, value } of table.appended)
      if (offset < below && key !== null && value === null && !this.found.has(offset)) this.found.set(offset, this.nowMs);
    const order = { below, nowMs: this.nowMs, deleteRetentionMs: DELETE_RETENTION_MS, keyBytes, aborted: table.aborted };
    const compact = () => world.store.compact(table.log, olderThanMs === null ? order : { ...order, olderThanMs });
    const rival = hasRival ? compact() : undefined;
    const pass = compact();
    if (crashAfter === null) {
      const { cleanedThrough } = await pass;
      await rival;
      expect(cleanedThrough).toBeGreaterThanOrEqual(this.cleanedThrough);
      this.cleanedThrough = cleanedThrough;
      this.touched = Math.max(touched, cleanedThrough);
      await this.checkCompacted();
      return;
    }
    for (let turn = 0; turn < crashAfter; turn++) await new Promise((resolve) => setImmediate(resolve));
    await world.crash();
    await this.reopen();
  }

  async read({ part, maxBytes }: { readonly part: number; readonly maxBytes: number }): Promise<void> {
    const { logStartOffset, highWatermark } = this.table.log;
    const from = logStartOffset + Math.floor(((highWatermark - logStartOffset) * part) / 100);
    const all = await this.table.read();
    expect(await this.table.read(from, maxBytes)).toEqual(all.filter(({ offset }) => offset >= from));
  }

  /** What holds at any time. */
  async check() {
    const { table, gone } = this;
    const seen = await table.read();
    const present = new Set(seen.map(({ offset }) => offset));
    const history = table.history();
    const known = new Map(history.map((one) => [one.offset, one]));
    for (const one of seen) {
      expect(gone.has(one.offset), `offset ${one.offset} was gone`).toBe(false);
      expect(known.get(one.offset), "a record stays what it was").toMatchObject({ ...one });
    }
    expect(table.state(seen)).toEqual(table.state(history));
    for (const one of history) {
      if (present.has(one.offset)) continue;
      expect(one.offset).toBeLessThan(this.touched);
      gone.add(one.offset);
      const left = seen.filter(({ offset, isMarker }) => !isMarker && known.get(offset)?.transaction === one.transaction);
      if (one.isMarker && one.transaction) expect(left, "records of a transaction outlive its marker").toEqual([]);
      if (one.isMarker || one.key === null || one.value !== null || isAborted(one)) continue;
      const replaced = history.some((later) => later.offset > one.offset && later.key === one.key && !isAborted(later));
      const expired = (this.found.get(one.offset) ?? Number.POSITIVE_INFINITY) + DELETE_RETENTION_MS <= this.nowMs;
      expect(replaced || expired, `the tombstone at ${one.offset} had its time`).toBe(true);
    }
    return seen.map((one) => known.get(one.offset)).filter((one) => one !== undefined);
  }

  /** What holds below the offset through which a pass has come. */
  async checkCompacted(): Promise<void> {
    const left = (await this.check()).filter(({ offset, isMarker }) => offset < this.cleanedThrough && !isMarker);
    expect(left.filter(({ key }) => key === null)).toEqual([]);
    expect(left.filter(isAborted)).toEqual([]);
    const keys = left.map(({ key }) => key);
    expect(keys).toEqual([...new Set(keys)]);
  }
}

async function beginLife(): Promise<Life> {
  const world = await openWorld(memoryMedia(), { limits: { compactionGroupBytes: 4 * 1024 } });
  return new Life(world, new Table(await world.store.open(orders(0), countingOwner())));
}

it("makes the same table of what it keeps as of all that was written", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (list) => {
      const life = await beginLife();
      for (const step of list) await life.step(step);
      await life.check();
      for (let i = 0; i < 2; i++) {
        await life.step({
          kind: "compact",
          part: 1,
          keyBytes: 1 << 16,
          olderThanMs: null,
          passesMs: 200,
          hasRival: false,
          crashAfter: null,
        });
      }
      await life.world.close();
    }),
    { numRuns: 20, interruptAfterTimeLimit: 30_000 },
  );
}, 60_000);

it("lets readers go on while extents are replaced under them", async () => {
  const { world, table } = await beginLife();
  for (let i = 0; i < 300; i++) await table.append([{ key: `${(i * 7) % 61}`, value: `${i}`.padEnd(500), timestamp: i }]);
  await world.store.consolidate();
  const readers = [0, 1, 7, 40].map(async (slow) => {
    const seen = [];
    for await (const batch of follow(table.log, 0, 2_000)) {
      seen.push(...seenIn(batch));
      for (let turn = 0; turn < slow; turn++) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(table.state(seen)).toEqual(table.state(table.appended));
    return seen.length;
  });
  const order = { nowMs: 0, deleteRetentionMs: 1e9, keyBytes: 600, aborted: [] };
  for (let through = 0, before = -1; through > before; ) {
    before = through;
    ({ cleanedThrough: through } = await world.store.compact(table.log, { ...order, below: 300 }));
  }
  const counts = await Promise.all(readers);
  expect(counts.at(-1)).toBeLessThan(counts[0] ?? 0);
  // The last batch, and the one of its key before.
  expect((await table.read()).length).toBe(62);
  await world.close();
});
