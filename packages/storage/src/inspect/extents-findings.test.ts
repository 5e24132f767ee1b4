// What the catalog says against what is there: holes, overlaps, runs that are not what their extent says.
import { partitionIndex, topicId } from "@moldau/std";
import { describe, expect, it } from "vitest";
import { extentOf, rowOf } from "../catalog/catalog-samples.js";
import { contiguityFindings, extentMatcher } from "./extents-findings.js";

const partition = { topicId: topicId("b3JkZXJzLW9yZGVycy1vcg"), index: partitionIndex(0) };

describe("extents of a partition", () => {
  const told = (row: Parameters<typeof rowOf>[0], ...extents: readonly (readonly [number, number])[]) =>
    Array.from(
      contiguityFindings("catalog", {
        partition,
        row: rowOf(row),
        extents: extents.map(([base, last], at) => extentOf(base, last, at + 1)),
      }),
      ({ firstOffset, lastOffset, message }) => `${firstOffset}..${lastOffset} ${message}`,
    );

  it("are whole when they go from the log start to the end", () => {
    expect(told({ endOffset: 20 }, [0, 9], [10, 19])).toEqual([]);
    expect(told({ logStartOffset: 15, endOffset: 20 }, [10, 19])).toEqual([]);
    expect(told({ logStartOffset: 25, endOffset: 25 })).toEqual([]);
  });

  it("are told by the offsets that none has, or more than one", () => {
    expect(told({ endOffset: 30 }, [0, 9], [20, 29])).toEqual(["10..19 no extent has these offsets"]);
    expect(told({ endOffset: 20 }, [0, 12], [10, 19])).toEqual(["10..12 more than one extent has these offsets"]);
    expect(told({ endOffset: 20 }, [5, 19])).toEqual(["0..4 the log begins before its first extent"]);
    expect(told({ endOffset: 25 }, [0, 19])).toEqual(["20..24 extents end at 20, the catalog says at 25"]);
  });
});

describe("the run of an extent", () => {
  const extent = extentOf(10, 19, 7);
  const chunk = { baseOffset: 10, lastOffset: 19, maxTimestamp: 0, position: 4096, lengthBytes: 1000, crc: extent.crc };
  const told = (changed: Partial<typeof chunk>) => {
    const matcher = extentMatcher("7.seg", [{ partition, extent }]);
    const seen = [...matcher.see({ partition, chunks: [{ ...chunk, ...changed }] })];
    return [...seen, ...matcher.rest()].map(({ message }) => message);
  };

  it("is what the catalog says, or less where records were compacted away", () => {
    expect(told({})).toEqual([]);
    expect(told({ baseOffset: 12, lastOffset: 15 })).toEqual([]);
  });

  it("is told when it is something else, or not there", () => {
    expect(told({ lastOffset: 25 })).toEqual(["the segment has offsets 10 to 25 here"]);
    expect(told({ lengthBytes: 900 })[0]).toContain("the segment has 1 chunks of 900 bytes here");
    expect(told({ crc: 1 })).toEqual(["segment and catalog differ about the checksum"]);
    expect(told({ position: 8192 })).toEqual(["the segment has no such run"]);
  });
});
