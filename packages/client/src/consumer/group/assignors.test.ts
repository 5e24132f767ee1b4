// Assignments are whole, balanced, and move no more than that takes; and go from owner to owner with a round in between.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keyOf } from "../topic-partition.js";
import { type AssignorMember, assignorOf } from "./assignors.js";

type Assigned = ReadonlyMap<string, readonly { readonly topic: string; readonly partition: number }[]>;

const member = (memberId: string, topics: readonly string[], more: Partial<AssignorMember> = {}): AssignorMember => ({
  memberId,
  instanceId: null,
  topics,
  owned: [],
  generation: -1,
  ...more,
});
const assign = (name: string, members: readonly AssignorMember[], counts: Readonly<Record<string, number>>): Assigned =>
  assignorOf(name)?.(members, new Map(Object.entries(counts))) ?? new Map();
const told = (assigned: Assigned) => Object.fromEntries([...assigned].map(([id, places]) => [id, places.map(keyOf)]));

describe("range", () => {
  it("gives neighbours, the first members one more", () => {
    const members = [member("b", ["x", "y"]), member("a", ["x"]), member("c", ["x", "y"])];
    expect(told(assign("range", members, { x: 5, y: 2 }))).toEqual({ a: ["x/0", "x/1"], b: ["x/2", "x/3", "y/0"], c: ["x/4", "y/1"] });
  });

  it("puts static members first, by their own names", () => {
    const members = [member("a", ["x"]), member("z", ["x"], { instanceId: "i2" }), member("y", ["x"], { instanceId: "i1" })];
    expect(told(assign("range", members, { x: 3 }))).toEqual({ y: ["x/0"], z: ["x/1"], a: ["x/2"] });
  });
});

describe("cooperative-sticky", () => {
  const scene = fc.record({
    counts: fc.dictionary(fc.constantFrom("x", "y", "z"), fc.integer({ min: 0, max: 9 })),
    members: fc.uniqueArray(fc.record({ id: fc.integer({ min: 0, max: 9 }), topics: fc.subarray(["x", "y", "z"]) }), {
      selector: ({ id }) => id,
      maxLength: 6,
    }),
  });
  /** Rounds until nothing moves: each member keeps what it was given. */
  const settled = (members: readonly AssignorMember[], counts: Readonly<Record<string, number>>): Assigned => {
    let now = members;
    for (let generation = 0; generation < 10; generation++) {
      const assigned = assign("cooperative-sticky", now, counts);
      const next = now.map((one) => ({ ...one, owned: assigned.get(one.memberId) ?? [], generation }));
      if (JSON.stringify(next.map(({ owned }) => owned)) === JSON.stringify(now.map(({ owned }) => owned))) return assigned;
      now = next;
    }
    throw new Error("it never settles");
  };
  const membersOf = (some: readonly { readonly id: number; readonly topics: readonly string[] }[]) =>
    some.map(({ id, topics }) => member(`m${id}`, topics));

  it("gives every partition that somebody reads to exactly one who does, and settles", () => {
    fc.assert(
      fc.property(scene, ({ counts, members }) => {
        const assigned = settled(membersOf(members), counts);
        const given = [...assigned].flatMap(([memberId, places]) => places.map((place) => ({ memberId, place })));
        const wanted = Object.entries(counts).flatMap(([topic, count]) =>
          members.some(({ topics }) => topics.includes(topic))
            ? Array.from({ length: count }, (_, partition) => keyOf({ topic, partition }))
            : [],
        );
        expect(given.map(({ place }) => keyOf(place)).toSorted()).toEqual(wanted.toSorted());
        for (const { memberId, place } of given) expect(members.find(({ id }) => `m${id}` === memberId)?.topics).toContain(place.topic);
      }),
    );
  });

  it("differs by one at most where all read the same", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 0, max: 40 }), (count, partitions) => {
        const members = Array.from({ length: count }, (_, i) => member(`m${i}`, ["x"]));
        const sizes = [...settled(members, { x: partitions }).values()].map(({ length }) => length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it("gives a partition to nobody in the round that takes it from its owner", () => {
    const places = (...partitions: number[]) => partitions.map((partition) => ({ topic: "x", partition }));
    const members = [member("a", ["x"], { owned: places(0, 1, 2, 3), generation: 4 }), member("b", ["x"])];
    const first = assign("cooperative-sticky", members, { x: 4 });
    expect([first.get("a")?.length, first.get("b")?.length]).toEqual([2, 0]);
    const kept = first.get("a") ?? [];
    const second = assign(
      "cooperative-sticky",
      [member("a", ["x"], { owned: kept, generation: 5 }), member("b", ["x"], { generation: 5 })],
      { x: 4 },
    );
    expect(second.get("a")).toEqual(kept);
    expect(second.get("b")).toHaveLength(2);
  });

  it("believes the newer of two who say that they own the same", () => {
    const owned = [{ topic: "x", partition: 0 }];
    const members = [member("a", ["x"], { owned, generation: 3 }), member("b", ["x"], { owned, generation: 4 })];
    expect(told(assign("cooperative-sticky", members, { x: 1 }))).toEqual({ a: [], b: ["x/0"] });
  });
});
