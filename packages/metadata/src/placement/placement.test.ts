import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assignPartitions, orderAssignments, placePartitions } from "./placement.js";

const replicas = (brokers: readonly number[], partitionCount: number, replicationFactor: number, firstIndex = 0) =>
  placePartitions({ brokers, partitionCount, replicationFactor, firstIndex }).map((partition) => partition.replicas);

describe("placement", () => {
  it("gives one broker everything, whatever the factor", () => {
    expect(replicas([7], 2, 3)).toEqual([[7], [7]]);
  });

  it("spreads leaders in turn, and goes on where the topic's partitions stopped", () => {
    expect(replicas([1, 2, 3], 4, 2)).toEqual([
      [1, 2],
      [2, 3],
      [3, 1],
      [1, 2],
    ]);
    expect(replicas([1, 2, 3], 2, 1, 4)).toEqual([[2], [3]]);
  });

  it("names each broker once, as many as there are up to the factor, and leads evenly", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat(), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 9 }),
        (brokers, count, factor) => {
          const placed = replicas(brokers, count, factor);
          const leads = brokers.map((broker) => placed.filter(([leader]) => leader === broker).length);
          expect(Math.max(...leads) - Math.min(...leads)).toBeLessThanOrEqual(1);
          for (const list of placed) expect(new Set(list).size).toBe(Math.min(factor, brokers.length));
        },
      ),
    );
  });
});

describe("an assignment by hand", () => {
  it("is taken when every broker is known, once a partition", () => {
    expect(
      assignPartitions(
        [1, 2],
        [
          [2, 1],
          [1, 2],
        ],
      ),
    ).toEqual({
      partitions: [
        { leaderEpoch: 0, replicas: [2, 1] },
        { leaderEpoch: 0, replicas: [1, 2] },
      ],
    });
  });

  it.each([
    [[[1, 5]], "broker 5"],
    [[[-1]], "broker -1"],
    [[[1, 1]], "twice"],
    [[[]], "without replicas"],
    [[[1], [1, 2]], "1 and with 2 replicas"],
  ])("%j is refused", (chosen, why) => {
    expect(assignPartitions([1, 2], chosen)).toEqual({ problem: expect.stringContaining(why) });
  });

  it("must have each partition once, from 0", () => {
    const order = (...indices: number[]) =>
      orderAssignments(indices.map((partitionIndex) => ({ partitionIndex, brokerIds: [partitionIndex] })));
    expect(order(1, 0)).toEqual({ chosen: [[0], [1]] });
    for (const wrong of [order(1), order(0, 2), order(0, 0), order(-1, 0)]) expect(wrong).toHaveProperty("problem");
  });
});
