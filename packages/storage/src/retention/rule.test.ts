// What goes by the rule, as a table, and what holds for any log.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Piece, type RetentionRule, retentionOf } from "./rule.js";

/** Pieces written as "bytes@timestamp", of ten offsets each. */
const log = (text: string): Piece[] =>
  text.split(" ").map((piece, i) => {
    const [lengthBytes = 0, maxTimestamp = 0] = piece.split("@").map(Number);
    return { lastOffset: i * 10 + 9, lengthBytes, maxTimestamp };
  });
const sum = (pieces: readonly Piece[]) => pieces.reduce((total, { lengthBytes }) => total + lengthBytes, 0);
const countOf = (pieces: readonly Piece[], rule: RetentionRule) => {
  const goes = retentionOf(rule, sum(pieces));
  const stays = pieces.findIndex((piece) => !goes(piece));
  return stays < 0 ? pieces.length : stays;
};

describe("what goes", () => {
  it.each<[string, string, RetentionRule, number]>([
    ["nothing by no rule", "10@1 10@2", {}, 0],
    ["what is older", "10@1 10@2 10@3", { olderThanMs: 3 }, 2],
    ["not what is as old as may be", "10@3 10@4", { olderThanMs: 3 }, 0],
    ["all of it when all is older", "10@1 10@2", { olderThanMs: 9 }, 2],
    ["nothing behind one that stays", "10@1 10@9 10@1", { olderThanMs: 5 }, 1],
    ["nothing before a timestamp in the future is past", "10@99 10@1", { olderThanMs: 5 }, 0],
    ["nothing without a timestamp by time", "10@-1 10@1", { olderThanMs: 5 }, 0],
    ["what is without a timestamp by size", "10@-1 10@1", { keepBytes: 10 }, 1],
    ["down to the size and not below", "10@1 10@1 10@1", { keepBytes: 15 }, 1],
    ["down to exactly the size", "10@1 10@1 10@1", { keepBytes: 20 }, 1],
    ["all when nothing is to be kept", "10@1 10@1", { keepBytes: 0 }, 2],
    ["not a large piece whose loss would leave too little", "90@1 5@1 5@1", { keepBytes: 20 }, 0],
    ["by size first and by time then", "10@5 10@1 10@1 10@7", { olderThanMs: 3, keepBytes: 30 }, 3],
    ["by time, however little stays", "10@1 10@1 10@7", { olderThanMs: 3, keepBytes: 100 }, 2],
    ["nothing that reaches the limit", "10@1 10@1 10@1", { olderThanMs: 9, keepBytes: 0, below: 15 }, 1],
    ["what ends just below the limit", "10@1 10@1 10@1", { olderThanMs: 9, below: 20 }, 2],
  ])("%s: %s", (_, text, rule, expected) => {
    expect(countOf(log(text), rule)).toBe(expected);
  });
});

it("lets a piece without records go by time, and not for want of a rule", () => {
  const empty = { lastOffset: 9, lengthBytes: 61, maxTimestamp: -1, recordCount: 0 };
  expect(countOf([empty, ...log("10@1").map((piece) => ({ ...piece, lastOffset: 19 }))], { olderThanMs: 5 })).toBe(2);
  expect(countOf([empty], {})).toBe(0);
});

describe("of any log", () => {
  const pieces = fc
    .array(fc.record({ lengthBytes: fc.integer({ min: 1, max: 100 }), maxTimestamp: fc.integer({ min: -1, max: 100 }) }), { maxLength: 30 })
    .map((list) => list.map((piece, i) => ({ ...piece, lastOffset: i })));
  const bound = fc.integer({ min: 0, max: 500 });

  it("keeps at least the size, and less than a piece more of what could have gone", () => {
    fc.assert(
      fc.property(pieces, bound, (list, keepBytes) => {
        const left = list.slice(countOf(list, { keepBytes }));
        expect(sum(left)).toBeGreaterThanOrEqual(Math.min(keepBytes, sum(list)));
        const [oldest] = left;
        if (oldest) expect(sum(left) - oldest.lengthBytes).toBeLessThan(keepBytes);
      }),
    );
  });

  it("keeps every piece that is young enough, and begins with one that is", () => {
    fc.assert(
      fc.property(pieces, fc.integer({ min: 0, max: 110 }), (list, olderThanMs) => {
        const count = countOf(list, { olderThanMs });
        expect(list.slice(0, count).every(({ maxTimestamp }) => maxTimestamp < olderThanMs)).toBe(true);
        const oldest = list[count];
        if (oldest) expect(oldest.maxTimestamp === -1 || oldest.maxTimestamp >= olderThanMs).toBe(true);
      }),
    );
  });

  it("both rules take what either takes by itself, and no more than the limit allows", () => {
    fc.assert(
      fc.property(pieces, bound, bound, fc.nat(40), (list, olderThanMs, keepBytes, below) => {
        const both = countOf(list, { olderThanMs, keepBytes });
        expect(both).toBeGreaterThanOrEqual(Math.max(countOf(list, { olderThanMs }), countOf(list, { keepBytes })));
        expect(countOf(list, { olderThanMs, keepBytes, below })).toBe(Math.min(both, below));
      }),
    );
  });
});
