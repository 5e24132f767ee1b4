// Whatever members do and whatever goes wrong: no partition has two readers, and once things are quiet each has one.
import fc from "fast-check";
import { expect, it } from "vitest";
import { groupWorld } from "../testing/group-world.js";
import { expectAllRead, expectNoSharedPartition, expectSameAfterRestart, expectSoundGroup, groupOf } from "./testing/group-invariants.js";
import { playedConsumer } from "./testing/played-consumer.js";

const TOPICS = ["orders", "payments", "visits"];
const CONSUMERS = 5;

const topics = fc.subarray(TOPICS);
const who = fc.nat({ max: CONSUMERS - 1 });
const step = fc.oneof(
  { weight: 10, arbitrary: fc.record({ what: fc.constant("beat" as const), who, lost: fc.nat({ max: 4 }).map((n) => n === 0) }) },
  { weight: 8, arbitrary: fc.record({ what: fc.constant("obey" as const), who }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant("subscribe" as const), who, topics }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant("leave" as const), who }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant("away" as const), who }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant("pass" as const), ms: fc.nat({ max: 30_000 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ what: fc.constant("topic" as const), name: fc.constantFrom(...TOPICS), more: fc.integer({ min: -1, max: 3 }) }),
  },
  { weight: 1, arbitrary: fc.record({ what: fc.constant("restart" as const) }) },
);

it("has one reader for each partition, in the end", () => {
  const lives = fc.record({ steps: fc.array(step, { maxLength: 120 }), intervalMs: fc.constantFrom(0, 1_000) });
  fc.assert(
    fc.property(lives, ({ steps, intervalMs }) => {
      const world = groupWorld({ consumerAssignmentIntervalMs: intervalMs });
      for (const name of TOPICS.slice(0, 2)) world.setTopic(name, 4);
      const consumers = Array.from({ length: CONSUMERS }, (_, index) =>
        playedConsumer(world, `c${index}`, index < 2 ? `i${index}` : null, TOPICS.slice(0, 1 + (index % 3))),
      );
      const at = (index: number) => consumers[index] as (typeof consumers)[number];
      for (const one of steps) {
        if (one.what === "beat") at(one.who).beat(one.lost);
        else if (one.what === "obey") at(one.who).obey();
        else if (one.what === "subscribe") at(one.who).subscribe(one.topics);
        else if (one.what === "leave") at(one.who).leave();
        else if (one.what === "away") at(one.who).away();
        else if (one.what === "pass") world.pass(one.ms);
        else if (one.what === "restart") expectSameAfterRestart(world);
        else {
          const count = world.topics.byName(one.name)?.partitionCount ?? 0;
          world.setTopic(one.name, one.more < 0 ? undefined : Math.max(1, count + one.more));
        }
        expectNoSharedPartition(world, consumers);
        expectSoundGroup(groupOf(world));
      }
      for (let round = 0; round < 30; round++) {
        world.pass(2_000);
        for (const consumer of consumers) {
          consumer.beat(false);
          consumer.obey();
          expectNoSharedPartition(world, consumers);
        }
      }
      expectAllRead(world, consumers);
      const group = groupOf(world);
      expect(group?.assignmentEpoch).toBe(group?.groupEpoch);
      for (const member of group?.members.values() ?? [])
        expect(member.current).toMatchObject({ state: "stable", memberEpoch: group?.groupEpoch });
    }),
    { numRuns: 150 },
  );
});
