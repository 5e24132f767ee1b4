// A coordinator of groups whose log fails and lands as it likes: what is loaded from the log is the state that the coordinator had.
import { millis, ZERO_UUID } from "@moldau/std";
import fc from "fast-check";
import { expect, it } from "vitest";
import { coordinator } from "../../runtime/coordinator.js";
import { testTime } from "../../runtime/testing/bench.js";
import { type TestLog, testLog, turn } from "../../runtime/testing/test-log.js";
import type { GroupsCommand } from "../commands.js";
import { groupsMachine } from "../machine.js";
import type { GroupsState } from "../state.js";
import { testConfig } from "../testing/test-config.js";
import type { World } from "../world.js";

const caller = { version: 5, clientId: "client", clientHost: "/127.0.0.1" };
const member = { memberId: "", groupInstanceId: null };
const world = (): World => ({
  now: millis(1_000),
  config: testConfig,
  configOf: () => testConfig,
  newId: () => "id",
  topics: { version: 0, byName: () => undefined, byId: () => undefined, names: () => [] },
});

const partitions = fc.uniqueArray(fc.nat(3), { minLength: 1, maxLength: 4 });
const producerId = fc.integer({ min: 1, max: 3 });
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("txnCommit" as const), partitions, producerId }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("commit" as const), partitions }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("forget" as const), partitions }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("end" as const), producerId, commit: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom("land" as const, "turn" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("fail" as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** Undefined for what is not asked of the coordinator. */
function commandOf(one: Step, committedOffset: number, ticket: { readonly id: number }): GroupsCommand | undefined {
  const named = "partitions" in one ? one.partitions : [];
  const offsets = named.map((partitionIndex) => ({ partitionIndex, committedOffset, committedLeaderEpoch: -1, committedMetadata: null }));
  const topics = [{ name: "orders", topicId: ZERO_UUID, partitions: offsets }];
  switch (one.kind) {
    case "txnCommit": {
      const transaction = { transactionalId: "x", producerId: one.producerId, producerEpoch: 0 };
      const request = { groupId: "g", generationId: -1, ...member, ...transaction, topics };
      return { kind: "transactionalOffsetCommit", ticket, caller, request };
    }
    case "commit": {
      const request = { groupId: "g", generationIdOrMemberEpoch: -1, retentionTimeMs: -1, ...member, topics };
      return { kind: "offsetCommit", ticket, caller, request };
    }
    case "forget":
      return { kind: "offsetDelete", ticket, caller, request: { groupId: "g", topics } };
    case "end": {
      const end = { producerId: one.producerId, producerEpoch: 0, coordinatorEpoch: 0, commit: one.commit };
      return { kind: "transactionEnded", ticket, end };
    }
    default:
      return undefined;
  }
}

function coordinating(log: TestLog) {
  const time = testTime();
  const fatal: Error[] = [];
  const made = coordinator({
    partition: 0,
    machine: groupsMachine,
    log,
    world,
    clock: time.clock,
    timers: time.timers,
    occupancy: { waiting: 0, pendingBytes: 0 },
    limits: { waiting: 1_000, pendingBytes: 1_000_000 },
    report: () => {},
    fatal: (error) => void fatal.push(error),
  });
  return { made, time, fatal };
}

const kept = (state: GroupsState | undefined) =>
  state && { offsets: state.offsets, pending: state.pending, groups: [...state.groups.keys()] };

it("is the same after loading, whatever was lost on the way", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60 }), async (steps) => {
      const log = testLog();
      const { made, time, fatal } = coordinating(log);
      await made.load();
      for (const [offset, one] of steps.entries()) {
        if (one.kind === "land" && log.underWay.length > 0) log.land();
        else if (one.kind === "turn") await turn();
        else if (one.kind === "fail") {
          // What landed is heard of first: nothing is appended any more to a log that fails.
          await turn();
          log.fail();
          await time.pass(10_000);
        } else if (commandOf(one, offset, { id: 0 })) {
          void made.ask((ticket) => commandOf(one, offset, ticket) as GroupsCommand);
        }
      }
      await time.pass(10_000);
      await made.load();
      await turn();
      await log.landAll();
      const again = coordinating(testLog([...log.durable]));
      await again.made.load();
      expect(kept(again.made.state())).toEqual(kept(made.state()));
      expect(fatal).toEqual([]);
    }),
    { numRuns: 150 },
  );
});
