// The format of groups: what is encoded is decoded, and no changed byte goes unnoticed.
import { PAGE_BYTES } from "@moldau/env";
import { type PartitionId, partitionIndex, topicId, uuidText } from "@moldau/std";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  GROUP_HEADER_BYTES,
  type GroupIdentity,
  groupLength,
  headerIntact,
  readGroupHeader,
  tocPosition,
  writeGroupHeader,
} from "./group.js";
import { damagedBatch, decodeGroup } from "./group-entries.js";
import { batchOf } from "./testing/journal-fixture.js";
import { tocBuilder } from "./toc-builder.js";

const identity: GroupIdentity = { brokerId: 3, journalId: "00ff00ff12345678" };

interface Append {
  readonly partition: PartitionId;
  readonly batch: Uint8Array;
}

/** Encodes as group commit does, over memory that is not clean. */
function encode(appends: readonly Append[], sequence = 9, durableThrough = 8): Uint8Array {
  const toc = tocBuilder();
  const memory = new Uint8Array(1024 * 1024).fill(0xee);
  let end = GROUP_HEADER_BYTES;
  for (const { partition, batch } of appends) {
    memory.set(batch, end);
    toc.add(partition, batch, end);
    end += batch.length;
  }
  const lengthBytes = groupLength(end, appends.length);
  toc.moveTo(memory, tocPosition(end));
  const group = memory.slice(0, lengthBytes);
  writeGroupHeader(
    group,
    identity,
    { sequence, durableThrough, entryCount: appends.length, tocPosition: tocPosition(end), lengthBytes },
    end,
  );
  return group;
}

/** Whether replay would take the group for whole. */
function whole(group: Uint8Array): boolean {
  const header = readGroupHeader(group, identity);
  return (
    header !== undefined && header.lengthBytes <= group.length && headerIntact(group, header) && damagedBatch(group, header) === undefined
  );
}

const appends = fc.array(
  fc.record({
    partition: fc.record({
      topicId: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => topicId(uuidText(bytes))),
      index: fc.nat(100_000).map(partitionIndex),
    }),
    batch: fc
      .record({ baseOffset: fc.maxSafeNat(), records: fc.integer({ min: 1, max: 9 }), bytes: fc.nat(3000), fill: fc.nat(255) })
      .map(batchOf),
  }),
  { maxLength: 40 },
);

describe("a journal group", () => {
  it("is decoded as it was encoded, in whole pages", () => {
    fc.assert(
      fc.property(appends, fc.nat(), (list, sequence) => {
        const group = encode(list, sequence + 1, sequence);
        expect(group.length % PAGE_BYTES).toBe(0);
        expect(readGroupHeader(group, identity)).toMatchObject({
          sequence: sequence + 1,
          durableThrough: sequence,
          lengthBytes: group.length,
        });
        expect(whole(group)).toBe(true);
        const entries = decodeGroup(group);
        expect(entries.map(({ partition }) => partition)).toEqual(list.map(({ partition }) => partition));
        expect(entries.map(({ position, lengthBytes }) => group.slice(position, position + lengthBytes))).toEqual(
          list.map(({ batch }) => batch),
        );
      }),
      { numRuns: 50 },
    );
  });

  it("notices every changed bit outside of its gaps", () => {
    const batches = [batchOf({ bytes: 7 }), batchOf({ bytes: 300, baseOffset: 5 })];
    const list = batches.map((batch, index) => ({
      partition: { topicId: topicId("AAAAAAAAAAAAAAAAAAAAAQ"), index: partitionIndex(index) },
      batch,
    }));
    const group = encode(list);
    const batchesEnd = GROUP_HEADER_BYTES + batches.reduce((sum, batch) => sum + batch.length, 0);
    const tocEnd = tocPosition(batchesEnd) + 2 * 96;
    for (let at = 0; at < tocEnd; at++) {
      if (at >= batchesEnd && at < tocPosition(batchesEnd)) continue;
      for (let bit = 0; bit < 8; bit++) {
        const changed = group.slice();
        changed[at] = (changed[at] ?? 0) ^ (1 << bit);
        expect(whole(changed), `byte ${at}, bit ${bit}`).toBe(false);
      }
    }
  });

  it("is foreign to another broker and to another journal", () => {
    const group = encode([]);
    expect(readGroupHeader(group, identity)).toBeDefined();
    expect(readGroupHeader(group, { ...identity, brokerId: 4 })).toBeUndefined();
    expect(readGroupHeader(group, { ...identity, journalId: "00ff00ff12345679" })).toBeUndefined();
  });

  it("leaves nothing of older groups in its gaps", () => {
    const group = encode([
      { partition: { topicId: topicId("AAAAAAAAAAAAAAAAAAAAAQ"), index: partitionIndex(0) }, batch: batchOf({ bytes: 3 }) },
    ]);
    expect(group.indexOf(0xee)).toBe(-1);
  });
});
