// The log store against a model that a child could check: lists of batches. Whatever is appended, read, trimmed, deleted, crashed and
// restarted, in whatever order, every acknowledged batch is there and nothing else is.
import { type Clock, systemTimers } from "@moldau/env";
import { millis } from "@moldau/std";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { Log } from "./log.js";
import { batchAt, expectBatches, orders, taken } from "./testing/batches.js";
import { countingOwner, memoryMedia, openWorld, type World } from "./testing/world.js";

const PARTITIONS = 3;

interface ModelBatch {
  readonly baseOffset: number;
  readonly lastOffset: number;
  readonly bytes: Uint8Array;
}

interface Model {
  batches: ModelBatch[];
  logStartOffset: number;
  /** Appended; a crash may take these, newest first. */
  inFlight: { readonly batch: ModelBatch; readonly durable: Promise<void> }[];
}

type Step =
  | { readonly kind: "append"; readonly partition: number; readonly count: number; readonly valueBytes: number; readonly wait: boolean }
  | { readonly kind: "read"; readonly partition: number; readonly at: number; readonly maxBytes: number; readonly atLeastOne: boolean }
  | { readonly kind: "trim"; readonly partition: number; readonly at: number }
  | { readonly kind: "retain"; readonly partition: number; readonly keepBytes: number }
  | { readonly kind: "crash" | "restart" };

const partition = fc.nat({ max: PARTITIONS - 1 });
const at = fc.integer({ min: 0, max: 1_000 }).map((value) => value / 1_000);
const append: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant("append" as const),
  partition,
  count: fc.integer({ min: 1, max: 4 }),
  valueBytes: fc.oneof(fc.constant(10), fc.integer({ min: 100, max: 5_000 })),
  wait: fc.boolean(),
});
const read: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant("read" as const),
  partition,
  at,
  maxBytes: fc.oneof(fc.constant(0), fc.integer({ min: 100, max: 40_000 }), fc.constant(1e9)),
  atLeastOne: fc.boolean(),
});
const trim: fc.Arbitrary<Step> = fc.record({ kind: fc.constant("trim" as const), partition, at });
const keepBytes = fc.oneof(fc.constant(0), fc.integer({ min: 1_000, max: 200_000 }));
const retain: fc.Arbitrary<Step> = fc.record({ kind: fc.constant("retain" as const), partition, keepBytes });
const stop: fc.Arbitrary<Step> = fc.record({ kind: fc.constantFrom("crash" as const, "restart" as const) });
const steps = fc.array(
  fc.oneof(
    { weight: 40, arbitrary: append },
    { weight: 12, arbitrary: read },
    { weight: 1, arbitrary: trim },
    { weight: 1, arbitrary: retain },
    { weight: 1, arbitrary: stop },
  ),
  { minLength: 20, maxLength: 600, size: "max" },
);

class Run {
  readonly world: World;
  logs: Log[] = [];
  readonly models: Model[] = Array.from({ length: PARTITIONS }, () => ({ batches: [], logStartOffset: 0, inFlight: [] }));

  constructor(world: World) {
    this.world = world;
  }

  async open(): Promise<void> {
    this.logs = [];
    for (let i = 0; i < PARTITIONS; i++) this.logs.push(await this.world.store.open(orders(i), countingOwner()));
  }

  async step(step: Step): Promise<void> {
    if (step.kind === "append") return this.append(step);
    if (step.kind === "read") return this.read(step.partition, step);
    if (step.kind === "trim") return this.trim(step.partition, step.at);
    if (step.kind === "retain") return this.retain(step.partition, step.keepBytes);
    if (step.kind === "restart") await this.settle();
    await this.world[step.kind]();
    await this.open();
    for (const [i, model] of this.models.entries()) this.compareAfterStop(model, this.log(i));
    for (let i = 0; i < PARTITIONS; i++) await this.read(i, { at: 0, maxBytes: 1e9, atLeastOne: true });
  }

  log(index: number): Log {
    const log = this.logs[index];
    if (!log) throw new Error("no such log");
    return log;
  }

  model(index: number): Model {
    const model = this.models[index];
    if (!model) throw new Error("no such model");
    return model;
  }

  async append({ partition, count, valueBytes, wait }: Extract<Step, { kind: "append" }>): Promise<void> {
    const log = this.log(partition);
    const bytes = batchAt(log.endOffset, { count, valueBytes });
    await this.world.store.admit(bytes.length);
    const batch = { baseOffset: log.endOffset, lastOffset: log.endOffset + count - 1, bytes };
    this.model(partition).inFlight.push({ batch, durable: log.append(bytes) });
    if (wait) await this.settle();
  }

  /** What was in flight is acknowledged. */
  async settle(): Promise<void> {
    for (const model of this.models) {
      for (const { batch, durable } of model.inFlight.splice(0)) {
        await durable;
        model.batches.push(batch);
      }
    }
  }

  async read(index: number, { at, maxBytes, atLeastOne }: { at: number; maxBytes: number; atLeastOne: boolean }): Promise<void> {
    const log = this.log(index);
    const { batches, inFlight, logStartOffset } = this.model(index);
    const known = [...batches, ...inFlight.map(({ batch }) => batch)];
    const below = log.highWatermark;
    const from = logStartOffset + Math.round(at * (below - logStartOffset));
    const bytes = taken(await log.read(from, { maxBytes, atLeastOne, below }));
    const readable = known.filter((batch) => batch.lastOffset >= from && batch.baseOffset < below);
    const count = Array.from(readable.entries()).filter(([i]) => sum(readable.slice(0, i + 1)) <= bytes.length).length;
    expectBatches(
      bytes,
      readable.slice(0, count).map((batch) => batch.bytes),
    );
    const next = readable[count];
    // A read may end early only at its budget, or with half of it in hand.
    if (next && bytes.length * 2 < maxBytes) expect(bytes.length + next.bytes.length).toBeGreaterThan(maxBytes);
    if (atLeastOne && readable.length > 0) expect(count).toBeGreaterThan(0);
  }

  async trim(index: number, at: number): Promise<void> {
    const log = this.log(index);
    const model = this.model(index);
    const offset = model.logStartOffset + Math.round(at * (log.highWatermark - model.logStartOffset));
    await log.trim(offset);
    model.logStartOffset = offset;
    expect(log.logStartOffset).toBe(offset);
  }

  /** What went is not known here, for extents go whole; what must stay is. */
  async retain(index: number, keepBytes: number): Promise<void> {
    await this.settle();
    const log = this.log(index);
    const model = this.model(index);
    const before = log.sizeBytes;
    await this.world.store.retain([{ partition: orders(index), rule: { keepBytes } }]);
    expect(log.logStartOffset).toBeGreaterThanOrEqual(model.logStartOffset);
    expect(log.sizeBytes).toBeGreaterThanOrEqual(Math.min(keepBytes, before));
    model.logStartOffset = log.logStartOffset;
  }

  /** After a stop: all that was acknowledged, and of what was in flight a part without a hole. */
  compareAfterStop(model: Model, log: Log): void {
    const found = model.inFlight
      .splice(0)
      .map(({ batch }) => batch)
      .filter((batch) => batch.lastOffset < log.endOffset);
    model.batches.push(...found);
    expect(log.endOffset).toBe((model.batches.at(-1)?.lastOffset ?? -1) + 1);
    expect(log.highWatermark).toBe(log.endOffset);
    expect(log.logStartOffset).toBe(model.logStartOffset);
    const kept = model.batches.filter((batch) => batch.lastOffset >= model.logStartOffset);
    expect(log.sizeBytes).toBeGreaterThanOrEqual(sum(kept));
  }
}

const sum = (batches: readonly ModelBatch[]): number => batches.reduce((total, { bytes }) => total + bytes.length, 0);

/** No time passes, so the journal's files fill fast, whatever the machine is busy with: some are promoted. */
const STANDING: Clock = { now: () => millis(0), monotonicMs: () => 0 };

const TURNS_BEHIND = 50;

/** Runs histories; gives the number of files that were promoted, and of merges. */
async function keepsWhatItAcknowledged(parameters: fc.Parameters<[readonly Step[]]>) {
  const seen = { promotedFiles: 0, mergeRounds: 0 };
  await fc.assert(
    fc.asyncProperty(steps, async (list) => {
      const run = new Run(
        await openWorld(memoryMedia(), {
          limits: { segmentCacheBytes: 8 * 1024 * 1024, mergedRunBytes: 64 * 1024, mergeWidth: 2 },
          clock: STANDING,
        }),
      );
      await run.open();
      for (const step of list) await run.step(step);
      await run.settle();
      for (let i = 0; i < PARTITIONS; i++) await run.read(i, { at: 0, maxBytes: 1e9, atLeastOne: true });
      // Merging comes behind: it gets its turn.
      await run.world.store.consolidate();
      for (let turn = 0; turn < TURNS_BEHIND; turn++) await systemTimers.yield();
      const { promotedFiles, mergeRounds } = run.world.store.stats();
      seen.promotedFiles += promotedFiles;
      seen.mergeRounds += mergeRounds;
      await run.world.close();
    }),
    { interruptAfterTimeLimit: 30_000, ...parameters },
  );
  return seen;
}

it("keeps what it acknowledged, through anything", async () => {
  await keepsWhatItAcknowledged({ numRuns: 12 });
}, 60_000);

/** Histories in which files are promoted and segments are merged: not all that come by chance have such. */
const EVENTFUL_SEED = 2;
const EVENTFUL_ROUNDS = 8;

it("keeps it where journal files become segments, and segments become larger ones", async () => {
  const all = { promoted: 0, merges: 0 };
  for (let round = 0; round < EVENTFUL_ROUNDS && (all.promoted === 0 || all.merges === 0); round++) {
    const { promotedFiles, mergeRounds } = await keepsWhatItAcknowledged({ numRuns: 12, seed: EVENTFUL_SEED + round });
    all.promoted += promotedFiles;
    all.merges += mergeRounds;
  }
  expect(all.promoted).toBeGreaterThan(0);
  expect(all.merges).toBeGreaterThan(0);
}, 60_000);
