// What decisions come to in the log: which records share a batch, in which order, and how many there may be.
import { describe, expect, it } from "vitest";
import { type AppendsOptions, batchedAppends } from "./appends.js";
import type { EncodedMarker } from "./internal-log.js";
import type { EncodedEvent, TransactionalProducer } from "./machine.js";
import { turn } from "./testing/test-log.js";
import { encodeText } from "./testing/text.js";

const record = (key: string, producer?: TransactionalProducer): EncodedEvent => {
  const plain = { key: encodeText(key), value: null };
  return producer ? { ...plain, producer } : plain;
};
const end = (producerId: number): EncodedMarker => ({ marker: { producerId, producerEpoch: 0, coordinatorEpoch: 0, commit: true } });

/** Appends land when `land` is called; what was appended reads "a b", "a b by 7.0" or "end of 7". */
function bench(maxBatchBytes = 1_000_000) {
  const appended: string[] = [];
  const delivered: number[] = [];
  const landing: (() => void)[] = [];
  const occupancy = { waiting: 0, pendingBytes: 0 };
  const under = (text: string) => {
    appended.push(text);
    return new Promise<void>((resolve) => void landing.push(resolve));
  };
  const log: AppendsOptions["log"] = {
    isEmpty: async () => true,
    async *read() {},
    append(records, producer, onTheirWay) {
      onTheirWay?.();
      const keys = records.length > 10 ? `${records.length} records` : records.map(({ key }) => Buffer.from(key).toString()).join(" ");
      return under(producer ? `${keys} by ${producer.id}.${producer.epoch}` : keys);
    },
    appendMarker: ({ producerId }) => under(`end of ${producerId}`),
    maxBatchBytes,
    maxRecordBytes: maxBatchBytes,
  };
  const started: number[] = [];
  const underWay = ({ to }: { readonly to: number }) => void started.push(to);
  const never = () => expect.unreachable("no append fails here");
  const deliver = ({ to }: { readonly to: number }) => void delivered.push(to);
  const appends = batchedAppends({ log, occupancy, deliver, underWay, landed: () => {}, failed: never, settled: never });
  return {
    appended,
    delivered,
    started,
    occupancy,
    add: (to: number, encoded: readonly (EncodedEvent | EncodedMarker)[]) => appends.add(encoded, [{ to, response: undefined }]),
    async land(count: number) {
      for (const landed of landing.splice(0, count)) landed();
      await turn();
    },
  };
}

describe("appends", () => {
  it("keep what belongs to transactions in batches of its own, in the order of the decisions", async () => {
    const { add, appended, delivered, land, occupancy } = bench();
    const [x, y] = [
      { id: 7, epoch: 0 },
      { id: 8, epoch: 0 },
    ];
    add(1, [record("a")]);
    add(2, [record("b")]);
    // From here on all must wait for room.
    add(3, [record("c")]);
    add(4, [record("d", x), record("e", x)]);
    add(5, [record("f", x)]);
    add(6, [record("g", y)]);
    add(7, [end(7)]);
    add(8, [end(8)]);
    add(9, [record("h"), record("i", y)]);
    expect(appended).toEqual(["a", "b"]);
    for (let landings = 0; landings < 5; landings++) await land(2);
    expect(appended).toEqual(["a", "b", "c", "d e f by 7.0", "g by 8.0", "end of 7", "end of 8", "h", "i by 8.0"]);
    expect(delivered).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(occupancy.pendingBytes).toBe(0);
  });

  it("tell what is on its way before it is durable, and not before it is appended", async () => {
    const { add, started, delivered, land } = bench();
    for (const to of [1, 2, 3]) add(to, [record(`${to}`)]);
    expect([started, delivered]).toEqual([[1, 2], []]);
    await land(2);
    expect([started, delivered]).toEqual([
      [1, 2, 3],
      [1, 2],
    ]);
  });

  it("do not let transactions wait for one another, within a bound", async () => {
    const { add, appended, land } = bench();
    for (let id = 0; id < 100; id++) add(id, [record("k", { id, epoch: 0 })]);
    expect(appended.length).toBe(64);
    await land(64);
    expect(appended.length).toBe(100);
  });

  it("keep the epochs of a producer apart", async () => {
    const { add, appended, land } = bench();
    for (let id = 0; id < 64; id++) add(id, [record("k", { id, epoch: 0 })]);
    add(64, [record("a", { id: 1, epoch: 1 })]);
    add(65, [record("b", { id: 1, epoch: 2 })]);
    await land(64);
    expect(appended.slice(64)).toEqual(["a by 1.1", "b by 1.2"]);
  });

  it("take 200,000 tombstones in one decision", async () => {
    const { add, appended, delivered, land } = bench();
    add(1, [record("first")]);
    add(2, [record("second")]);
    add(
      3,
      Array.from({ length: 200_000 }, (_, i) => record(`k${i}`)),
    );
    await land(2);
    await land(1);
    expect(appended).toEqual(["first", "second", "200000 records"]);
    expect(delivered).toEqual([1, 2, 3]);
  });
});
