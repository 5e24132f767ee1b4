// What holds for every group: nothing is left or doubled, loads are as even as can be, and nothing moves without need.
import { type TopicId, topicId } from "@moldau/std";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Assignment, Assignor, AssignorInput, AssignorMember, AssignorTopic } from "./assignor.js";
import { rangeAssignor } from "./range.js";
import { uniformAssignor } from "./uniform.js";

const NAMES = ["t", "u", "v", "w", "x"].map(topicId);
const RUNS = { numRuns: 500 };

const topic = (id: TopicId, partitionCount: number): AssignorTopic => ({
  topicId: id,
  partitionCount,
  racks: (partition) => [`r${partition % 3}`],
});
const member = (memberId: string, topicIds: Iterable<TopicId>, assigned: Assignment = new Map()): AssignorMember => ({
  memberId,
  instanceId: null,
  rackId: memberId.length % 2 === 0 ? "r1" : null,
  topicIds: new Set(topicIds),
  assigned,
});
const group = (members: readonly AssignorMember[], topics: readonly AssignorTopic[]): AssignorInput => ({
  members: new Map(members.map((each) => [each.memberId, each])),
  topics: new Map(topics.map((each) => [each.topicId, each])),
});

const topicsArbitrary = fc
  .array(fc.nat(9), { minLength: NAMES.length - 1, maxLength: NAMES.length })
  .map((counts) => counts.map((count, index) => topic(NAMES[index] ?? topicId("t"), count)));
const assignedArbitrary = fc
  .array(fc.tuple(fc.constantFrom(...NAMES), fc.uniqueArray(fc.nat(9), { minLength: 1, maxLength: 6 })), { maxLength: 3 })
  .map((entries): Assignment => new Map(entries.map(([id, partitions]) => [id, partitions.sort((a, b) => a - b)])));
const membersArbitrary = (subscription: fc.Arbitrary<readonly TopicId[]>): fc.Arbitrary<AssignorMember[]> =>
  fc
    .array(fc.tuple(subscription, assignedArbitrary), { minLength: 1, maxLength: 9 })
    .map((entries) => entries.map(([topicIds, assigned], index) => member("m".repeat(index + 1), topicIds, assigned)));
const mixed = fc.tuple(membersArbitrary(fc.subarray(NAMES)), topicsArbitrary).map(([members, topics]) => group(members, topics));
const alike = fc.tuple(membersArbitrary(fc.constant(NAMES)), topicsArbitrary).map(([members, topics]) => group(members, topics));

const flat = (assignment: Assignment | undefined): string[] =>
  [...(assignment ?? [])].flatMap(([id, list]) => list.map((partition) => `${id}-${partition}`));
const loads = (result: ReadonlyMap<string, Assignment>): number[] => [...result.values()].map((assignment) => flat(assignment).length);
/** The group with what `assignor` decided as what its members have. */
const settled = (assignor: Assignor, input: AssignorInput): AssignorInput => {
  const result = assignor.assign(input);
  return group(
    [...input.members.values()].map((each) => ({ ...each, assigned: result.get(each.memberId) ?? new Map() })),
    [...input.topics.values()],
  );
};

function expectComplete(input: AssignorInput, result: ReadonlyMap<string, Assignment>): void {
  const subscribed = [...input.topics.values()].filter(({ topicId: id }) =>
    [...input.members.values()].some(({ topicIds }) => topicIds.has(id)),
  );
  const expected = subscribed.flatMap(({ topicId: id, partitionCount }) =>
    Array.from({ length: partitionCount }, (_, index) => `${id}-${index}`),
  );
  expect([...result.values()].flatMap(flat).sort()).toEqual(expected.sort());
  for (const [memberId, assignment] of result) {
    for (const [id, partitions] of assignment) {
      expect(input.members.get(memberId)?.topicIds.has(id)).toBe(true);
      expect(partitions).toEqual([...partitions].sort((a, b) => a - b));
      expect(partitions.length).toBeGreaterThan(0);
    }
  }
}

/** Members that a partition of `memberId` can end at, over any number of hands. */
function reachable(input: AssignorInput, result: ReadonlyMap<string, Assignment>, memberId: string): Set<string> {
  const found = new Set([memberId]);
  for (const from of found) {
    for (const [to, { topicIds }] of input.members) if ([...(result.get(from)?.keys() ?? [])].some((id) => topicIds.has(id))) found.add(to);
  }
  return found;
}

describe.each([uniformAssignor, rangeAssignor])("the $name assignor", (assignor) => {
  it("gives every partition of a subscribed topic to exactly one of its subscribers", () => {
    fc.assert(
      fc.property(mixed, (input) => expectComplete(input, assignor.assign(input))),
      RUNS,
    );
  });

  it("changes nothing when asked again, and says so with the same objects", () => {
    const property = fc.property(mixed, (input) => {
      const again = settled(assignor, input);
      for (const [memberId, assignment] of assignor.assign(again)) expect(assignment).toBe(again.members.get(memberId)?.assigned);
    });
    fc.assert(property, RUNS);
  });
});

describe("the uniform assignor", () => {
  it("leaves no way to hand partitions on that would make loads more even", () => {
    const property = fc.property(mixed, (input) => {
      const result = uniformAssignor.assign(input);
      const load = (memberId: string): number => flat(result.get(memberId)).length;
      for (const memberId of input.members.keys()) {
        for (const other of reachable(input, result, memberId)) expect(load(other)).toBeGreaterThanOrEqual(load(memberId) - 1);
      }
    });
    fc.assert(property, RUNS);
  });

  it("is even within one partition when all subscribe to the same", () => {
    const property = fc.property(alike, (input) => {
      const counts = loads(uniformAssignor.assign(input));
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    });
    fc.assert(property, RUNS);
  });

  it("takes from members no more than balance needs when all subscribe to the same", () => {
    const property = fc.property(alike, (input) => {
      const result = uniformAssignor.assign(input);
      const claimed = new Set<string>();
      const had = [...input.members.values()].map(({ memberId, assigned }) => {
        const exists = (name: string): boolean =>
          Number(name.split("-")[1]) < (input.topics.get(topicId(name.split("-")[0] ?? ""))?.partitionCount ?? 0);
        const own = flat(assigned).filter((name) => exists(name) && !claimed.has(name));
        for (const name of own) claimed.add(name);
        return { memberId, own };
      });
      const total = [...input.topics.values()].reduce((sum, { partitionCount }) => sum + partitionCount, 0);
      const share = Math.floor(total / had.length);
      const over = had.map(({ own }) => own.length - share).filter((excess) => excess > 0);
      const needed = over.reduce((sum, excess) => sum + excess, 0) - Math.min(total % had.length, over.length);
      const lost = had.reduce((sum, { memberId, own }) => sum + own.filter((name) => !flat(result.get(memberId)).includes(name)).length, 0);
      expect(lost).toBe(needed);
    });
    fc.assert(property, RUNS);
  });

  it("moves partitions to a new member alone, and of one that left only its own", () => {
    const property = fc.property(alike, (input) => {
      const before = settled(uniformAssignor, input);
      const members = [...before.members.values()];
      const joined = uniformAssignor.assign(group([...members, member("new", NAMES)], [...before.topics.values()]));
      for (const { memberId, assigned } of members) expect(flat(assigned)).toEqual(expect.arrayContaining(flat(joined.get(memberId))));
      const left = uniformAssignor.assign(group(members.slice(1), [...before.topics.values()]));
      for (const { memberId, assigned } of members.slice(1))
        expect(flat(left.get(memberId))).toEqual(expect.arrayContaining(flat(assigned)));
    });
    fc.assert(property, RUNS);
  });
});

describe("the range assignor", () => {
  it("gives each member one range of a topic, equal to those of other topics of that size", () => {
    const property = fc.property(alike, (input) => {
      const sizes = new Map([...input.topics.values()].map(({ topicId: id, partitionCount }) => [id, partitionCount]));
      for (const assignment of rangeAssignor.assign(input).values()) {
        const bySize = new Map<number, readonly number[]>();
        for (const [id, partitions] of assignment) {
          expect((partitions.at(-1) ?? 0) - (partitions[0] ?? 0)).toBe(partitions.length - 1);
          const size = sizes.get(id) ?? 0;
          expect(partitions).toEqual(bySize.get(size) ?? partitions);
          bySize.set(size, partitions);
        }
      }
    });
    fc.assert(property, RUNS);
  });

  it("does not look at what members have", () => {
    const property = fc.property(mixed, (input) => {
      const fresh = group(
        [...input.members.values()].map((each) => ({ ...each, assigned: new Map() })),
        [...input.topics.values()],
      );
      const show = (result: ReadonlyMap<string, Assignment>): unknown =>
        [...result].map(([memberId, assignment]) => [memberId, flat(assignment).sort()]);
      expect(show(rangeAssignor.assign(input))).toEqual(show(rangeAssignor.assign(fresh)));
    });
    fc.assert(property, RUNS);
  });
});
