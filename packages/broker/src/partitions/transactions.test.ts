// What a partition knows of its transactions: how far readers may go, what was aborted, and the same after a restart anywhere.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ProducerStates, producerStates } from "./producer-state.js";
import type { Marker } from "./transactions.js";

const NOTHING = { producers: new Uint8Array(0), producersThrough: 0, tail: [] };
const TRANSACTIONAL = 0x10;
const CONTROL = 0x20;

type Step = { readonly producerId: number; readonly kind: "data" | "plain" | "commit" | "abort" };

interface Log {
  readonly facts: ReturnType<typeof factsOf>[];
  readonly markers: Map<number, Marker>;
  highWatermark: number;
}

function factsOf(step: Step, offset: number, epoch: number, sequence: number) {
  const isMarker = step.kind === "commit" || step.kind === "abort";
  return {
    baseOffset: offset,
    lastOffset: offset,
    maxTimestamp: offset,
    producerId: step.producerId,
    producerEpoch: epoch,
    baseSequence: isMarker ? -1 : sequence,
    attributes: isMarker ? TRANSACTIONAL | CONTROL : step.kind === "data" ? TRANSACTIONAL : 0,
  };
}

const emptyLog = (): Log => ({ facts: [], markers: new Map(), highWatermark: 0 });

/** Plays steps as a partition of a broker would: markers raise the epoch. */
function play(steps: readonly Step[], states: ProducerStates, log: Log): void {
  const producers = new Map<number, { epoch: number; sequence: number; open: boolean }>();
  for (const step of steps) {
    const known = producers.get(step.producerId) ?? { epoch: 0, sequence: 0, open: false };
    producers.set(step.producerId, known);
    // A producer writes plain batches only between transactions.
    if (step.kind === "plain" && known.open) continue;
    const isMarker = step.kind === "commit" || step.kind === "abort";
    if (isMarker) Object.assign(known, { epoch: known.epoch + 1, sequence: 0, open: false });
    else if (step.kind === "data") known.open = true;
    const offset = log.facts.length;
    const facts = factsOf(step, offset, known.epoch, known.sequence);
    if (!isMarker) known.sequence++;
    if (isMarker) log.markers.set(offset, { commit: step.kind === "commit", coordinatorEpoch: offset });
    log.facts.push(facts);
    states.apply(facts, log.markers.get(offset));
  }
}

const statesOf = (log: Log, recovered = NOTHING as Parameters<typeof producerStates>[0]) =>
  producerStates(
    recovered,
    () => 0,
    () => ({ logStartOffset: 0, highWatermark: log.highWatermark }),
    (offset) => log.markers.get(offset),
  );

const seen = (states: ProducerStates, end: number) => ({
  stable: states.transactions.lastStableOffset(),
  open: [0, 1, 2].map((producerId) => states.transactions.firstOffset(producerId)),
  aborted: states.transactions.abortedWithin(0, () => end),
  verdicts: [0, 1, 2].map((producerId) => states.checkMarker({ ...MARKER, producerId, producerEpoch: 3 })),
  producers: states
    .entries()
    .map(({ producerId, epoch, coordinatorEpoch, batches }) => ({ producerId, epoch, coordinatorEpoch, newest: batches.at(-1) }))
    .sort((a, b) => a.producerId - b.producerId),
});

const MARKER = { commit: true, coordinatorEpoch: 1_000, transactionVersion: 2 };

const steps = fc.array(
  fc.record({
    producerId: fc.integer({ min: 0, max: 2 }),
    kind: fc.constantFrom<Step["kind"][]>("data", "data", "plain", "commit", "abort"),
  }),
  { maxLength: 40 },
);

describe("the transactions of a partition", () => {
  it("hold the last stable offset at the first that is open, and at one whose marker is not durable", () => {
    const log = emptyLog();
    const states = statesOf(log);
    play(
      [
        { producerId: 0, kind: "plain" },
        { producerId: 0, kind: "data" },
        { producerId: 1, kind: "data" },
        { producerId: 0, kind: "abort" },
      ],
      states,
      log,
    );
    const stableAt = (highWatermark: number) => {
      log.highWatermark = highWatermark;
      return states.transactions.lastStableOffset();
    };
    expect([0, 1, 2, 3, 4].map(stableAt)).toEqual([0, 1, 1, 1, 2]);
    const within = (from: number, to: number) => states.transactions.abortedWithin(from, () => to).map(({ lastOffset }) => lastOffset);
    expect([within(0, 1), within(0, 2), within(3, 4), within(4, 9)]).toEqual([[], [3], [3], []]);
  });

  it("take a marker again, but none of an older coordinator or epoch", () => {
    const log = emptyLog();
    const states = statesOf(log);
    play([{ producerId: 0, kind: "data" }], states, log);
    const verdict = (producerEpoch: number, coordinatorEpoch: number, transactionVersion: number) => {
      const checked = states.checkMarker({ commit: true, producerId: 0, producerEpoch, coordinatorEpoch, transactionVersion });
      return checked.kind === "refused" ? checked.error : checked.kind;
    };
    expect([verdict(0, 1, 2), verdict(1, 1, 2), verdict(0, 1, 0)]).toEqual(["INVALID_PRODUCER_EPOCH", "new", "new"]);
    const facts = factsOf({ producerId: 0, kind: "commit" }, 1, 1, -1);
    states.apply(facts, { commit: true, coordinatorEpoch: 5 });
    expect([verdict(1, 5, 2), verdict(0, 5, 0), verdict(1, 4, 2), verdict(2, 5, 2)]).toEqual([
      "written",
      "INVALID_PRODUCER_EPOCH",
      "TRANSACTION_COORDINATOR_FENCED",
      "new",
    ]);
  });

  it("begin sequences anew after a marker that raised the epoch", () => {
    const log = emptyLog();
    const states = statesOf(log);
    play(
      [
        { producerId: 0, kind: "data" },
        { producerId: 0, kind: "commit" },
      ],
      states,
      log,
    );
    const verdict = (producerEpoch: number, baseSequence: number) =>
      states.check({ producerId: 0, producerEpoch, baseSequence, lastOffsetDelta: 0, transactional: true });
    expect(verdict(0, 1)).toMatchObject({ error: "INVALID_PRODUCER_EPOCH" });
    expect(verdict(1, 1)).toMatchObject({ error: "OUT_OF_ORDER_SEQUENCE_NUMBER" });
    expect(verdict(1, 0)).toEqual({ kind: "new" });
  });

  it("are the same after a snapshot at any offset and a replay of what follows", () => {
    const property = fc.property(steps, fc.nat({ max: 40 }), fc.boolean(), (steps, where, forget) => {
      const log = emptyLog();
      const original = statesOf(log);
      play(steps, original, log);
      log.highWatermark = log.facts.length;
      const through = Math.min(where, log.facts.length);
      if (forget) original.transactions.forgetMarkers(through);
      const tail = log.facts.slice(through);
      const recovered = statesOf(log, { producers: original.snapshot(through), producersThrough: through, tail });
      expect(seen(recovered, 99)).toEqual(seen(original, 99));
    });
    fc.assert(property);
  });

  it("are those that ended after the compaction, which the snapshot that is stored with it says, and then the partition, and then a restart", () => {
    const property = fc.property(steps, fc.nat({ max: 40 }), fc.nat({ max: 40 }), (steps, where, cleaned) => {
      const log = emptyLog();
      const original = statesOf(log);
      play(steps, original, log);
      log.highWatermark = log.facts.length;
      const through = Math.min(where, log.facts.length);
      const cleanedThrough = Math.min(cleaned, through);
      const restarted = (producers: Uint8Array) => statesOf(log, { producers, producersThrough: through, tail: log.facts.slice(through) });
      const before = seen(original, 99);
      const after = { ...before, aborted: before.aborted.filter(({ lastOffset }) => lastOffset >= cleanedThrough) };
      const stored = original.snapshot(through, cleanedThrough);
      // The commit may fail: until it is done nothing is forgotten.
      expect(seen(original, 99)).toEqual(before);
      expect(seen(restarted(stored), 99)).toEqual(after);
      original.transactions.cleaned(cleanedThrough);
      expect(seen(original, 99)).toEqual(after);
      expect(seen(restarted(original.snapshot(through)), 99)).toEqual(after);
    });
    fc.assert(property);
  });

  it("are as if what was taken back had never been", () => {
    const property = fc.property(steps, fc.nat({ max: 40 }), fc.nat({ max: 40 }), (steps, where, kept) => {
      const log = emptyLog();
      const original = statesOf(log);
      play(steps, original, log);
      const end = Math.min(kept, log.facts.length);
      const through = Math.min(where, end);
      log.highWatermark = end;
      const left = { producers: original.snapshot(through), producersThrough: through, tail: log.facts.slice(through, end) };
      const rolledBack = original.rolledBack(left);
      const never = statesOf(log, { ...NOTHING, tail: log.facts.slice(0, end) });
      const { stable, open, aborted } = seen(rolledBack, 99);
      const expected = seen(never, 99);
      expect({ stable, open, aborted }).toEqual({ stable: expected.stable, open: expected.open, aborted: expected.aborted });
    });
    fc.assert(property);
  });
});
