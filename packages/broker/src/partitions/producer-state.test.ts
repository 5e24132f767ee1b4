import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ProducerStates, producerStates, REMEMBERED_PRODUCERS } from "./producer-state.js";

const NOTHING = { producers: new Uint8Array(0), producersThrough: 0, tail: [] };
const allDurable = () => ({ logStartOffset: 0, highWatermark: Number.POSITIVE_INFINITY });
const TRANSACTIONAL = 0x10;
const LAST_SEQUENCE = 2 ** 31 - 1;

/** Appends as a partition does: check, then apply at the next offset. */
function appender(states: ProducerStates) {
  let endOffset = 0;
  return (producerId: number, producerEpoch: number, baseSequence: number, count = 1) => {
    const verdict = states.check({ producerId, producerEpoch, baseSequence, lastOffsetDelta: count - 1 });
    if (verdict.kind === "refused") return verdict.error;
    if (verdict.kind === "duplicate") return `duplicate of ${verdict.batch.baseOffset}`;
    const baseOffset = endOffset;
    endOffset += count;
    states.apply({
      baseOffset,
      lastOffset: endOffset - 1,
      maxTimestamp: 1_000 + baseOffset,
      producerId,
      producerEpoch,
      baseSequence,
      attributes: 0,
    });
    return baseOffset;
  };
}

describe("producerStates", () => {
  it("takes batches in sequence and answers a repeated one with its first offset", () => {
    const append = appender(producerStates(NOTHING, () => 0, allDurable));
    expect([append(7, 0, 0, 3), append(7, 0, 3, 2), append(7, 0, 0, 3), append(7, 0, 3, 2), append(7, 0, 5)]).toEqual([
      0,
      3,
      "duplicate of 0",
      "duplicate of 3",
      5,
    ]);
  });

  it("refuses a gap, and a batch repeated with other bounds", () => {
    const append = appender(producerStates(NOTHING, () => 0, allDurable));
    expect([append(7, 0, 0, 3), append(7, 0, 4), append(7, 0, 0, 2)]).toEqual([
      0,
      "OUT_OF_ORDER_SEQUENCE_NUMBER",
      "OUT_OF_ORDER_SEQUENCE_NUMBER",
    ]);
  });

  it("remembers five batches, no more", () => {
    const append = appender(producerStates(NOTHING, () => 0, allDurable));
    for (let sequence = 0; sequence < 6; sequence++) append(7, 0, sequence);
    expect([append(7, 0, 1), append(7, 0, 0)]).toEqual(["duplicate of 1", "OUT_OF_ORDER_SEQUENCE_NUMBER"]);
  });

  it("takes no second batch of an unknown producer while its first was refused", () => {
    const states = producerStates(NOTHING, () => 0, allDurable);
    const append = appender(states);
    states.refuse({ producerId: 7, producerEpoch: 0, baseSequence: 0, lastOffsetDelta: 2 });
    states.refuse({ producerId: 7, producerEpoch: 0, baseSequence: 3, lastOffsetDelta: 0 });
    expect([append(7, 0, 3), append(8, 0, 3), append(7, 0, 0, 3), append(7, 0, 3)]).toEqual(["OUT_OF_ORDER_SEQUENCE_NUMBER", 0, 1, 4]);
  });

  it("awaits the first of the batches that were taken back, unless the producer begins a new epoch", () => {
    const before = producerStates(NOTHING, () => 0, allDurable);
    const appendBefore = appender(before);
    appendBefore(7, 0, 0, 3);
    appendBefore(7, 0, 3);
    const append = appender(before.rolledBack(NOTHING));
    expect([append(7, 0, 3), append(7, 1, 0), append(7, 1, 1)]).toEqual(["OUT_OF_ORDER_SEQUENCE_NUMBER", 0, 1]);
  });

  it("wraps sequences around", () => {
    const append = appender(producerStates(NOTHING, () => 0, allDurable));
    expect([append(7, 0, LAST_SEQUENCE - 1, 3), append(7, 0, 1), append(7, 0, LAST_SEQUENCE - 1, 3)]).toEqual([0, 3, "duplicate of 0"]);
  });

  it("fences an older epoch, and lets a newer one begin at zero only", () => {
    const append = appender(producerStates(NOTHING, () => 0, allDurable));
    expect([append(7, 1, 0), append(7, 0, 1), append(7, 2, 5), append(7, 2, 0), append(7, 2, 1)]).toEqual([
      0,
      "INVALID_PRODUCER_EPOCH",
      "OUT_OF_ORDER_SEQUENCE_NUMBER",
      1,
      2,
    ]);
  });

  it("lets an unknown producer begin anywhere, for its past may have been deleted", () => {
    expect(appender(producerStates(NOTHING, () => 0, allDurable))(7, 3, 42)).toBe(0);
  });

  it("asks nothing of batches without a producer id", () => {
    const append = appender(producerStates(NOTHING, () => 0, allDurable));
    expect([append(-1, -1, -1), append(-1, -1, -1)]).toEqual([0, 1]);
  });

  it("forgets producers not heard of for too long, whatever their records' time", () => {
    let nowMs = 0;
    const states = producerStates(NOTHING, () => nowMs, allDurable);
    const append = appender(states);
    append(1, 0, 0);
    nowMs = 100;
    append(2, 0, 0);
    nowMs = 150;
    states.expire(100);
    expect(states.entries().map(({ producerId }) => producerId)).toEqual([2]);
    expect(append(1, 0, 9)).toBe(2);
  });

  it("forgets none that has a transaction open, and those behind it all the same", () => {
    let nowMs = 0;
    const states = producerStates(NOTHING, () => nowMs, allDurable);
    const batch = (producerId: number, baseOffset: number, attributes = 0) =>
      states.apply({ baseOffset, lastOffset: baseOffset, maxTimestamp: 0, producerId, producerEpoch: 0, baseSequence: 0, attributes });
    batch(1, 0, TRANSACTIONAL);
    batch(2, 1);
    nowMs = 100;
    batch(3, 2);
    states.expire(50);
    expect(states.entries().map(({ producerId }) => producerId)).toEqual([1, 3]);
  });

  it("forgets the most silent one beyond its bound", () => {
    const states = producerStates(NOTHING, () => 0, allDurable);
    const append = appender(states);
    for (let id = 0; id <= REMEMBERED_PRODUCERS; id++) append(id, 0, 0);
    expect(states.entries().length).toBe(REMEMBERED_PRODUCERS);
    expect(append(0, 0, 9)).toBe(REMEMBERED_PRODUCERS + 1);
  });

  it("does not forget one between a look at its last marker and the next", () => {
    let nowMs = 0;
    const states = producerStates(NOTHING, () => nowMs, allDurable);
    const append = appender(states);
    for (const id of [1, 2, 3]) append(id, 0, 0);
    nowMs = 100;
    states.lastMarkerOffset(2);
    states.expire(50);
    expect(states.entries().map(({ producerId }) => producerId)).toEqual([2]);
  });

  it("does not forget one that was just heard of because all others have transactions open", () => {
    const states = producerStates(NOTHING, () => 0, allDurable);
    const batch = (producerId: number, attributes = 0) =>
      states.apply({
        baseOffset: producerId,
        lastOffset: producerId,
        maxTimestamp: 0,
        producerId,
        producerEpoch: 0,
        baseSequence: 0,
        attributes,
      });
    for (let id = 0; id < REMEMBERED_PRODUCERS; id++) batch(id, TRANSACTIONAL);
    const again = (producerId: number) => states.check({ producerId, producerEpoch: 0, baseSequence: 0, lastOffsetDelta: 0 }).kind;
    batch(20_000);
    expect(again(20_000)).toBe("duplicate");
    batch(20_001);
    expect([again(20_000), again(20_001)]).toEqual(["new", "duplicate"]);
  });

  it("knows a producer by its newest durable batch, however many are in flight behind it", () => {
    let highWatermark = 0;
    const states = producerStates(
      NOTHING,
      () => 0,
      () => ({ logStartOffset: 0, highWatermark }),
    );
    const append = appender(states);
    append(7, 0, 0);
    highWatermark = 1;
    for (let sequence = 1; sequence <= 8; sequence++) append(7, 0, sequence);
    const recovered = producerStates({ producers: states.snapshot(1), producersThrough: 1, tail: [] }, () => 0, allDurable);
    expect([appender(recovered)(7, 0, 2), appender(recovered)(7, 0, 1)]).toEqual(["OUT_OF_ORDER_SEQUENCE_NUMBER", 0]);
  });

  it("is the same after a snapshot at any offset and a replay of what follows", () => {
    const step = fc.record({ producerId: fc.integer({ min: 0, max: 3 }), count: fc.integer({ min: 1, max: 4 }), bump: fc.boolean() });
    const property = fc.property(fc.array(step, { maxLength: 40 }), fc.double({ min: 0, max: 1, noNaN: true }), (steps, where) => {
      const original = producerStates(NOTHING, () => 0, allDurable);
      const facts = play(original, steps);
      const through = facts[Math.floor(where * facts.length)]?.baseOffset ?? 0;
      const tail = facts.filter(({ baseOffset }) => baseOffset >= through);
      const recovered = producerStates({ producers: original.snapshot(through), producersThrough: through, tail }, () => 0, allDurable);
      const newest = ({ producerId, epoch, batches }: { producerId: number; epoch: number; batches: readonly unknown[] }) => ({
        producerId,
        epoch,
        newest: batches.at(-1),
      });
      const byId = (states: ProducerStates) =>
        states
          .entries()
          .map(newest)
          .sort((a, b) => a.producerId - b.producerId);
      expect(byId(recovered)).toEqual(byId(original));
    });
    fc.assert(property);
  });
});

function play(states: ProducerStates, steps: readonly { producerId: number; count: number; bump: boolean }[]) {
  const next = new Map<number, { epoch: number; sequence: number }>();
  let offset = 0;
  return steps.map(({ producerId, count, bump }) => {
    const now = next.get(producerId) ?? { epoch: 0, sequence: 0 };
    const { epoch, sequence } = bump ? { epoch: now.epoch + 1, sequence: 0 } : now;
    const facts = {
      baseOffset: offset,
      lastOffset: offset + count - 1,
      maxTimestamp: offset,
      producerId,
      producerEpoch: epoch,
      baseSequence: sequence,
      attributes: 0,
    };
    states.apply(facts);
    next.set(producerId, { epoch, sequence: sequence + count });
    offset += count;
    return facts;
  });
}
