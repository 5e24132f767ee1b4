// Members of both protocols in one group, which becomes now this and now that: no partition has two readers, and in the end each has one.
import fc from "fast-check";
import { expect, it } from "vitest";
import {
  expectAllRead,
  expectNoSharedPartition,
  expectSameAfterRestart,
  expectSoundGroup,
  groupOf,
} from "../consumer/testing/group-invariants.js";
import { playedConsumer } from "../consumer/testing/played-consumer.js";
import { groupWorld } from "../testing/group-world.js";
import { playedClassic } from "./testing/played-classic.js";

const TOPICS = ["orders", "payments"];
const MEMBERS = 5;

const who = fc.nat({ max: MEMBERS - 1 });
const step = fc.oneof(
  { weight: 14, arbitrary: fc.record({ what: fc.constant("beat" as const), who, lost: fc.nat({ max: 5 }).map((n) => n === 0) }) },
  { weight: 6, arbitrary: fc.record({ what: fc.constant("obey" as const), who }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant("subscribe" as const), who, topics: fc.subarray(TOPICS, { minLength: 1 }) }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant("leave" as const), who }) },
  { weight: 3, arbitrary: fc.record({ what: fc.constant("pass" as const), ms: fc.nat({ max: 8_000 }) }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant("grow" as const), name: fc.constantFrom(...TOPICS) }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant("restart" as const) }) },
);
const life = fc.record({
  steps: fc.array(step, { maxLength: 150 }),
  kinds: fc.array(fc.constantFrom("consumer", "eager", "cooperative"), { minLength: MEMBERS, maxLength: MEMBERS }),
  intervalMs: fc.constantFrom(0, 1_000),
  /** Those of the consumer protocol leave for good before things get quiet: the group becomes a classic one. */
  consumersLeave: fc.boolean(),
});

it("has one reader for each partition, whatever protocols its members speak", () => {
  fc.assert(
    fc.property(life, ({ steps, kinds, intervalMs, consumersLeave }) => {
      const world = groupWorld({ consumerAssignmentIntervalMs: intervalMs, groupInitialRebalanceDelayMs: 0 });
      for (const name of TOPICS) world.setTopic(name, 3);
      const everybody = kinds.map((kind, index) =>
        kind === "consumer"
          ? playedConsumer(world, `c${index}`, null, TOPICS.slice(0, 1 + (index % 2)))
          : playedClassic(world, `o${index}`, kind === "cooperative", TOPICS.slice(0, 1 + (index % 2))),
      );
      const at = (index: number) => everybody[index] as (typeof everybody)[number];
      for (const one of steps) {
        if (one.what === "beat") at(one.who).beat(one.lost);
        else if (one.what === "obey") at(one.who).obey();
        else if (one.what === "subscribe") at(one.who).subscribe(one.topics);
        else if (one.what === "leave") at(one.who).leave();
        else if (one.what === "pass") world.pass(one.ms);
        else if (one.what === "grow") {
          world.setTopic(one.name, (world.topics.byName(one.name)?.partitionCount ?? 0) + 1);
          // classic members see it for themselves, and join again
          for (const [index, each] of everybody.entries()) if (kinds[index] !== "consumer") each.subscribe(each.topics());
        } else if (groupOf(world)) expectSameAfterRestart(world);
        else world.restart();
        expectNoSharedPartition(world, everybody);
        expectSoundGroup(groupOf(world));
      }
      const classics = everybody.filter((_, index) => kinds[index] !== "consumer");
      const staying = consumersLeave && classics.length > 0 ? classics : everybody;
      for (const one of everybody) if (!staying.includes(one)) one.leave();
      for (let round = 0; round < 60; round++) {
        world.pass(1_000);
        for (const one of staying) {
          one.beat(false);
          if (kinds[everybody.indexOf(one)] === "consumer") one.obey();
          expectNoSharedPartition(world, staying);
        }
        // one that still waits for an answer that a restart or a lost packet has taken asks again
        if (round === 15) for (const one of staying) one.obey();
      }
      expectAllRead(world, staying);
      const isConsumerGroup = kinds.some((kind, index) => kind === "consumer" && staying.includes(at(index)));
      if (isConsumerGroup) expect(groupOf(world)?.members.size).toBe(staying.length);
    }),
    { numRuns: 100 },
  );
});
