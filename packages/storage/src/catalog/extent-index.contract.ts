// What every extent index holds (DESIGN §6), as tests. Each adapter runs them.
import { AssertionError, type PartitionId, partitionIndex, topicId } from "@moldau/std";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ExtentIndex, PartitionChange, PartitionRow } from "./catalog.js";
import { extentOf, rowOf } from "./catalog-samples.js";

/** An index to test, and a way to open what it stored anew. */
export interface IndexUnderTest {
  readonly index: ExtentIndex;
  /** Closes and opens again, as a restart does. */
  reopen(): Promise<ExtentIndex>;
  close(): Promise<void>;
}

const ORDERS = topicId("T3JkZXJzIGFyZSBoZXJlMQ");
const EVENTS = topicId("RXZlbnRzIGFyZSBoZXJlMQ");
const partition = (index: number, topic = ORDERS): PartitionId => ({ topicId: topic, index: partitionIndex(index) });
const change = (
  index: number,
  row: Partial<PartitionRow>,
  spans: readonly (readonly [number, number, number])[] = [],
  removed: readonly number[] = [],
): PartitionChange => ({
  partition: partition(index),
  row: rowOf(row),
  added: spans.map(([baseOffset, lastOffset, segmentId]) => extentOf(baseOffset, lastOffset, segmentId)),
  removed,
});

export function describeExtentIndex(name: string, open: () => Promise<IndexUnderTest>): void {
  describe(`${name} extent index`, () => {
    let tested: IndexUnderTest;
    let index: ExtentIndex;
    beforeEach(async () => {
      tested = await open();
      index = tested.index;
    });
    afterEach(() => tested.close());

    const spans = async (of = 0) => (await index.find(partition(of), 0, 100)).map(({ baseOffset, lastOffset }) => [baseOffset, lastOffset]);
    const commit = (...changes: PartitionChange[]) => index.commit({ changes });
    const refused = (of: PartitionChange) => expect(commit(of)).rejects.toThrow(AssertionError);

    it("knows nothing when fresh", async () => {
      expect(await index.consolidatedThrough()).toBe(0);
      expect(await index.row(partition(0))).toBeUndefined();
      expect(await index.find(partition(0), 0, 10)).toEqual([]);
      expect(await index.topics()).toEqual([]);
      expect(await index.hasSegment(1)).toBe(false);
    });

    it("gives back rows and extents as committed, to the last bit", async () => {
      const row = {
        logStartOffset: 3,
        endOffset: 2 ** 41,
        sizeBytes: 2 ** 50,
        epochs: [
          { epoch: 0, startOffset: 0 },
          { epoch: 7, startOffset: 2 ** 40 },
        ],
        producers: Uint8Array.of(1, 2, 3),
      };
      const extent = {
        ...extentOf(0, 2 ** 41 - 1, 2 ** 33),
        position: 2 ** 34,
        lengthBytes: 2 ** 31 + 5,
        chunkCount: 70_000,
        crc: 0xdeadbeef,
        maxTimestamp: -1,
        recordCount: 2 ** 35,
      };
      await index.commit({ changes: [{ partition: partition(0), row, added: [extent], removed: [] }], consolidatedThrough: 2 ** 45 });
      const again = await tested.reopen();
      expect(await again.row(partition(0))).toEqual(row);
      expect(await again.find(partition(0), 0, 10)).toEqual([extent]);
      expect(await again.consolidatedThrough()).toBe(2 ** 45);
    });

    it("remembers how far a partition was compacted, until it is dropped", async () => {
      await commit(change(0, { endOffset: 10 }, [[0, 9, 1]]), change(1, { endOffset: 10 }, [[0, 9, 1]]));
      expect(await index.cleaned(partition(0))).toBeUndefined();
      await commit({ ...change(0, { endOffset: 10 }), cleaned: { through: 7 } });
      await commit(change(0, { endOffset: 20 }, [[10, 19, 2]]));
      const again = await tested.reopen();
      expect(await again.cleaned(partition(0))).toEqual({ through: 7 });
      expect(await again.cleaned(partition(1))).toBeUndefined();
      await again.drop(ORDERS, 2);
      expect(await again.cleaned(partition(0))).toBeUndefined();
    });

    it("finds the extent that holds an offset, and those after it, up to the limit", async () => {
      await commit(
        change(0, { endOffset: 30 }, [
          [0, 9, 1],
          [10, 19, 2],
          [20, 29, 3],
        ]),
        change(1, { endOffset: 5 }, [[0, 4, 1]]),
      );
      const bases = async (offset: number, limit: number) =>
        (await index.find(partition(0), offset, limit)).map(({ baseOffset }) => baseOffset);
      expect(await bases(9, 10)).toEqual([0, 10, 20]);
      expect(await bases(10, 10)).toEqual([10, 20]);
      expect(await bases(19, 1)).toEqual([10]);
      expect(await bases(30, 10)).toEqual([]);
    });

    it("keeps partitions of one and of several topics apart", async () => {
      await commit(change(0, { endOffset: 10 }, [[0, 9, 1]]), change(256, { endOffset: 20 }, [[0, 19, 1]]));
      await commit({ ...change(0, { endOffset: 7 }, [[0, 6, 2]]), partition: partition(0, EVENTS) });
      expect(await spans(0)).toEqual([[0, 9]]);
      expect(await spans(256)).toEqual([[0, 19]]);
      expect((await index.row(partition(0, EVENTS)))?.endOffset).toBe(7);
      expect([...(await index.topics())].sort()).toEqual([EVENTS, ORDERS].sort());
    });

    it("refuses extents that leave a hole", async () => {
      await commit(change(0, { endOffset: 10 }, [[0, 9, 1]]));
      await refused(change(0, { endOffset: 21 }, [[11, 20, 2]]));
      await refused(
        change(0, { endOffset: 30 }, [
          [10, 14, 2],
          [16, 29, 2],
        ]),
      );
      await refused(change(1, { endOffset: 10 }, [[5, 9, 2]]));
      expect(await spans(0)).toEqual([[0, 9]]);
      expect(await index.row(partition(1))).toBeUndefined();
    });

    it("refuses extents that overlap", async () => {
      await commit(
        change(0, { endOffset: 20 }, [
          [0, 9, 1],
          [10, 19, 1],
        ]),
      );
      await refused(change(0, { endOffset: 25 }, [[19, 24, 2]]));
      await refused(change(0, { endOffset: 20 }, [[0, 9, 2]]));
      await refused(change(0, { endOffset: 20 }, [[0, 10, 2]], [0]));
      expect(await spans(0)).toEqual([
        [0, 9],
        [10, 19],
      ]);
    });

    it("refuses a row that does not end where its extents end", async () => {
      await commit(change(0, { endOffset: 10 }, [[0, 9, 1]]));
      await refused(change(0, { endOffset: 21 }, [[10, 19, 2]]));
      await refused(change(0, { endOffset: 11 }));
      await refused(change(0, { endOffset: 10 }, [], [0]));
    });

    it("refuses to move a log start back", async () => {
      await commit(change(0, { logStartOffset: 5, endOffset: 10 }, [[0, 9, 1]]));
      await refused(change(0, { logStartOffset: 4, endOffset: 10 }));
    });

    it("refuses to remove an extent that is not there", async () => {
      await commit(change(0, { endOffset: 20 }, [[0, 19, 1]]));
      await refused(change(0, { endOffset: 20 }, [[5, 19, 2]], [5]));
      await refused(change(0, { endOffset: 20 }, [], [0, 5]));
    });

    it("commits all changes or none", async () => {
      const fine = change(0, { endOffset: 10 }, [[0, 9, 1]]);
      await expect(index.commit({ changes: [fine, change(1, { endOffset: 10 }, [[5, 9, 1]])], consolidatedThrough: 9 })).rejects.toThrow(
        AssertionError,
      );
      expect(await spans(0)).toEqual([]);
      expect(await index.consolidatedThrough()).toBe(0);
      expect(await index.hasSegment(1)).toBe(false);
      await commit(fine);
      expect(await spans(0)).toEqual([[0, 9]]);
    });

    it("replaces extents by others that cover the same offsets", async () => {
      await commit(
        change(0, { endOffset: 40 }, [
          [0, 9, 1],
          [10, 19, 2],
          [20, 29, 3],
          [30, 39, 4],
        ]),
      );
      expect(await commit(change(0, { endOffset: 40 }, [[10, 29, 5]], [10, 20]))).toEqual([2, 3]);
      expect(await spans()).toEqual([
        [0, 9],
        [10, 29],
        [30, 39],
      ]);
    });

    it("drops extents before the log start, but not what readers still need", async () => {
      await commit(
        change(0, { endOffset: 30 }, [
          [0, 9, 1],
          [10, 19, 2],
          [20, 29, 3],
        ]),
      );
      await refused(change(0, { logStartOffset: 5, endOffset: 30 }, [], [0]));
      expect(await commit(change(0, { logStartOffset: 15, endOffset: 30 }, [], [0]))).toEqual([1]);
      expect(await commit(change(0, { logStartOffset: 30, endOffset: 30 }, [], [10, 20]))).toEqual([2, 3]);
      await commit(change(0, { logStartOffset: 30, endOffset: 35 }, [[30, 34, 4]]));
      expect(await spans()).toEqual([[30, 34]]);
    });

    it("goes on at a log start that has passed the end, once no extent is left before it", async () => {
      await commit(change(0, { endOffset: 10 }, [[0, 9, 1]]));
      await commit(change(0, { logStartOffset: 20, endOffset: 10 }));
      await refused(change(0, { logStartOffset: 20, endOffset: 30 }, [[20, 29, 2]]));
      expect(await commit(change(0, { logStartOffset: 20, endOffset: 10 }, [], [0]))).toEqual([1]);
      await commit(change(0, { logStartOffset: 20, endOffset: 30 }, [[20, 29, 2]]));
      expect(await spans()).toEqual([[20, 29]]);
    });

    it("says which segments nobody refers to any more, when the last reference goes", async () => {
      await commit(change(0, { endOffset: 10 }, [[0, 9, 1]]), change(1, { endOffset: 10 }, [[0, 9, 1]]));
      expect(await index.references(1)).toBe(2);
      expect(await commit(change(0, { endOffset: 10 }, [[0, 9, 2]], [0]))).toEqual([]);
      expect(await index.hasSegment(1)).toBe(true);
      expect([await index.references(1), await index.references(2)]).toEqual([1, 1]);
      expect(await commit(change(1, { endOffset: 10 }, [[0, 9, 2]], [0]))).toEqual([1]);
      expect(await index.hasSegment(1)).toBe(false);
      expect(await index.hasSegment(2)).toBe(true);
      expect([await index.references(1), await index.references(2)]).toEqual([0, 2]);
    });

    it("keeps a segment that a commit removes from one extent and adds to another", async () => {
      await commit(change(0, { endOffset: 10 }, [[0, 9, 1]]));
      expect(
        await commit(
          change(
            0,
            { endOffset: 10 },
            [
              [0, 4, 1],
              [5, 9, 2],
            ],
            [0],
          ),
        ),
      ).toEqual([]);
      expect(await index.hasSegment(1)).toBe(true);
    });

    it("forgets the partitions of a dropped topic, and only those", async () => {
      await commit(change(0, { endOffset: 10 }, [[0, 9, 1]]), change(1, { endOffset: 10 }, [[0, 9, 2]]));
      await commit({ ...change(0, { endOffset: 7 }, [[0, 6, 2]]), partition: partition(0, EVENTS) });
      expect(await index.drop(ORDERS, 2)).toEqual([1]);
      expect(await index.topics()).toEqual([EVENTS]);
      expect(await spans(0)).toEqual([]);
      expect(await index.row(partition(1))).toBeUndefined();
      expect(await index.drop(EVENTS, 1)).toEqual([2]);
      expect(await index.drop(EVENTS, 1)).toEqual([]);
    });

    it("never gives a segment id twice, not even after a restart", async () => {
      const given = new Set<number>();
      const take = (from: ExtentIndex, count: number) => {
        for (let i = 0; i < count; i++) {
          const id = from.nextSegmentId();
          expect(given.has(id), `segment id ${id} was given before`).toBe(false);
          given.add(id);
        }
      };
      const committing = commit(change(0, { endOffset: 10 }, [[0, 9, 1]]));
      take(index, 5_000);
      await committing;
      take(await tested.reopen(), 10);
      take(await tested.reopen(), 3_000);
    });

    it("serializes commits that are made at once", async () => {
      const steps = Array.from({ length: 20 }, (_, i) => change(0, { endOffset: (i + 1) * 10 }, [[i * 10, i * 10 + 9, i + 1]]));
      await Promise.all(steps.map((step) => commit(step)));
      expect((await spans()).length).toBe(20);
      expect((await (await tested.reopen()).row(partition(0)))?.endOffset).toBe(200);
    });
  });
}
