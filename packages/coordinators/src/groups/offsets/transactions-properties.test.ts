// Offsets of transactions against a model: a log that is read from its beginning whenever somebody asks. Of each partition the last commit
// counts that is no transaction's, or a committed one's, and that nothing forgot since.
import fc from "fast-check";
import { expect, it } from "vitest";
import { administrationVocabulary } from "../administration/testing/words.js";
import { scenarioBench } from "../testing/scenario-bench.js";
import { offsetsVocabulary } from "./testing/words.js";

const GROUPS = ["g", "h"];
const PLACES = ["orders/0", "orders/1", "returns/0"];

const group = fc.constantFrom(...GROUPS);
const place = fc.constantFrom(...PLACES);
const producer = fc.integer({ min: 1, max: 3 });

const step = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("commit" as const), group, place }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("txn-commit" as const),
      group,
      places: fc.uniqueArray(place, { minLength: 1, maxLength: 3 }),
      producer,
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("end" as const), producer, commit: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("delete-offsets" as const), group, place }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("topics-deleted" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("restart" as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;
/** Each commit's offset is its place among the steps: all differ. */
type Log = readonly (readonly [Step, number])[];

function lineOf(one: Step, offset: number): string {
  switch (one.kind) {
    case "commit":
      return `commit group=${one.group} at=${one.place}:${offset}`;
    case "txn-commit":
      return `txn-commit group=${one.group} at=${one.places.map((each) => `${each}:${offset}`).join()} producer=${one.producer}`;
    case "end":
      return `end producer=${one.producer} commit=${one.commit ? "yes" : "no"}`;
    case "delete-offsets":
      return `delete-offsets group=${one.group} from=${one.place}`;
    case "topics-deleted":
      return "topics-deleted returns";
    case "restart":
      return "restart";
  }
}

/** How the transaction ended that a commit was part of; undefined: it did not. */
function endOf(log: Log, producer: number, after: number): boolean | undefined {
  for (const [one] of log.slice(after + 1)) if (one.kind === "end" && one.producer === producer) return one.commit;
  return undefined;
}

const forgets = (one: Step, group: string, place: string): boolean =>
  (one.kind === "delete-offsets" && one.group === group && one.place === place) ||
  (one.kind === "topics-deleted" && place.startsWith("returns/"));

function wanted(log: Log, group: string, place: string, stable: boolean): string {
  let counts = -1;
  let isOpen = false;
  for (const [at, [one, offset]] of log.entries()) {
    if (forgets(one, group, place)) {
      counts = -1;
      isOpen = false;
    } else if (one.kind === "commit" && one.group === group && one.place === place) counts = offset;
    else if (one.kind === "txn-commit" && one.group === group && one.places.includes(place)) {
      const committed = endOf(log, one.producer, at);
      if (committed) counts = offset;
      isOpen ||= committed === undefined;
    }
  }
  return stable && isOpen ? "UNSTABLE_OFFSET_COMMIT" : String(counts);
}

it("counts what was written last and is committed, through restarts", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 10, maxLength: 40 }), (steps) => {
      const bench = scenarioBench(offsetsVocabulary);
      for (const line of ["topic orders 2", "topic returns 1"]) bench.run(line);
      const log: (readonly [Step, number])[] = [];
      for (const one of [...steps, { kind: "restart" } as const]) {
        bench.run(lineOf(one, log.length));
        log.push([one, log.length]);
        for (const name of GROUPS) {
          for (const stable of [true, false]) {
            const expected = PLACES.map((each) => `${each}:${wanted(log, name, each, stable)}`).join(" ");
            const line = bench.run(`fetch group=${name} from=${PLACES.join()} stable=${stable ? "yes" : "no"}`).join();
            expect(line).toBe(`reply fetch: ${expected}`);
          }
        }
      }
    }),
    { numRuns: 300 },
  );
});

it("keeps nothing of transactions that are over, and no group that has nothing", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 10, maxLength: 40 }), (steps) => {
      const bench = scenarioBench(administrationVocabulary);
      for (const line of ["topic orders 2", "topic returns 1"]) bench.run(line);
      for (const [offset, one] of steps.entries()) bench.run(lineOf(one, offset));
      const over = [1, 2, 3].map((producer) => `end producer=${producer} commit=no`);
      const forgotten = GROUPS.map((name) => `delete-offsets group=${name} from=${PLACES.join()}`);
      for (const line of [...over, ...forgotten]) bench.run(line);
      expect(bench.run("list")).toEqual(["reply list: none"]);
    }),
    { numRuns: 200 },
  );
});
