// The runtime: what it promises about loading, durability, order, failures and bounds.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bench, watch } from "./testing/bench.js";
import { testLog, turn } from "./testing/test-log.js";

const answered = (response: number) => ({ kind: "answered", response });
const refused = (error: string) => ({ kind: "refused", error });

describe("an answer", () => {
  it("waits until what it tells of is durable", async () => {
    const { add, log, coordinator } = bench();
    await coordinator.load();
    const answers = watch([add("a")]);
    await turn();
    expect([log.underWay.length, answers]).toEqual([1, [undefined]]);
    log.land();
    await turn();
    expect(answers).toEqual([answered(1)]);
  });

  it("that changes nothing waits for what was decided before, and for nothing else", async () => {
    const { add, read, log, coordinator } = bench();
    await coordinator.load();
    expect(await read("a")).toEqual(answered(0));
    const answers = watch([add("a"), read("a"), read("b")]);
    await turn();
    expect(answers).toEqual([undefined, undefined, undefined]);
    await log.landAll();
    expect(answers).toEqual([answered(1), answered(1), answered(0)]);
  });

  it("comes in the order of the decisions; what is decided while appends are under way is written together", async () => {
    const { add, log, coordinator } = bench();
    await coordinator.load();
    const order: number[] = [];
    const asked = Array.from({ length: 10 }, (_, i) => add("a").then(() => order.push(i)));
    await turn();
    expect(log.underWay.map((records) => records.length)).toEqual([1, 1]);
    log.land();
    await turn();
    expect(log.underWay.map((records) => records.length)).toEqual([1, 8]);
    await log.landAll();
    await Promise.all(asked);
    expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it("is written in batches of bounded size", async () => {
    const { add, log, coordinator } = bench();
    await coordinator.load();
    const asked = Array.from({ length: 40 }, (_, i) => add(`${"n".repeat(400)}${i}`));
    await turn();
    await log.landAll();
    await Promise.all(asked);
    expect(log.durable.length).toBeGreaterThan(4);
    expect(Math.max(...log.durable.map(({ length }) => length))).toBeLessThanOrEqual(log.maxBatchBytes);
  });

  it("is an error when what was decided can never be written; nothing has happened then", async () => {
    const { coordinator, read, events } = bench();
    await coordinator.load();
    const { outcome } = coordinator.ask<number>((ticket) => ({ kind: "large", bytes: 5_000, ticket }));
    expect(await outcome).toEqual(refused("UNKNOWN_SERVER_ERROR"));
    expect(events.at(-1)).toMatchObject({ kind: "undecided" });
    expect(await read("x".repeat(5_000))).toEqual(answered(0));
  });

  it("is the machine's own failure when deciding throws; the others go on", async () => {
    const { coordinator, read, occupancy } = bench();
    await coordinator.load();
    const { outcome } = coordinator.ask<number>((ticket) => ({ kind: "confused", ticket }));
    await expect(outcome).rejects.toThrow("the machine is confused");
    expect(await read("a")).toEqual(answered(0));
    expect(occupancy.waiting).toBe(0);
  });
});

describe("loading", () => {
  it("replays what is durable, and decides what came meanwhile in its order", async () => {
    const first = bench();
    first.log.landing = true;
    await first.add("a", 5);
    await first.add("b", 7);
    const { add, read } = bench({ log: Object.assign(testLog(first.log.durable), { landing: true }) });
    expect(await Promise.all([add("a"), read("a"), read("b")])).toEqual([answered(6), answered(6), answered(7)]);
  });

  it("is tried again until it succeeds, and says so once; who waits too long is told to come back", async () => {
    const log = testLog();
    log.unreadable = true;
    const { add, time, events } = bench({ log });
    const early = watch([add("a")]);
    await time.pass(2_500);
    expect(early).toEqual([refused("COORDINATOR_LOAD_IN_PROGRESS")]);
    // After pauses of 100, 200, 400 and 800 ms.
    expect(log.reads).toBe(5);
    expect(events.map(({ kind }) => kind)).toEqual(["failing"]);
    log.unreadable = false;
    log.landing = true;
    const late = add("a");
    await time.pass(5_000);
    expect(await late).toEqual(answered(1));
    expect(events.map(({ kind }) => kind)).toEqual(["failing", "loaded", "healed"]);
  });
});

describe("an append that fails", () => {
  it("takes back what was decided since: all who wait are told to retry, and the state is what is durable", async () => {
    const { add, read, coordinator, log, time, events } = bench();
    await coordinator.load();
    const kept = add("a");
    await turn();
    log.land();
    expect(await kept).toEqual(answered(1));
    const lost = [add("a"), add("a"), add("b"), read("a")];
    const waiting = coordinator.ask<number>((ticket) => ({ kind: "wait", name: "b", ticket })).outcome;
    await turn();
    log.fail();
    expect(await Promise.all([...lost, waiting])).toEqual(Array(5).fill(refused("NOT_COORDINATOR")));
    log.landing = true;
    const after = [read("a"), add("b")];
    await time.pass(1_000);
    expect(await Promise.all(after)).toEqual([answered(1), answered(1)]);
    expect(events.map(({ kind }) => kind)).toEqual(["loaded", "failing", "loaded", "healed"]);
  });
});

describe("waiting", () => {
  it("ends when somebody else's decision answers", async () => {
    const { add, coordinator, log } = bench();
    log.landing = true;
    const { outcome } = coordinator.ask<number>((ticket) => ({ kind: "wait", name: "a", ticket }));
    expect(await add("a")).toEqual(answered(1));
    expect(await outcome).toEqual(answered(1));
  });

  it("is given up when the client is gone: the machine forgets it", async () => {
    const { coordinator, occupancy } = bench();
    await coordinator.load();
    const { outcome, abandon } = coordinator.ask<number>((ticket) => ({ kind: "wait", name: "a", ticket }));
    expect([coordinator.state()?.waiting.size, occupancy.waiting]).toEqual([1, 1]);
    abandon((ticket) => ({ kind: "abandoned", ticket }));
    abandon((ticket) => ({ kind: "abandoned", ticket }));
    expect(await outcome).toEqual(refused("NOT_COORDINATOR"));
    expect([coordinator.state()?.waiting.size, occupancy.waiting]).toEqual([0, 0]);
  });

  it("is bounded, in number and in bytes", async () => {
    const { add, coordinator, log } = bench({ limits: { waiting: 3 } });
    await coordinator.load();
    const asked = [add("a"), add("a"), add("a"), add("a")];
    expect(await asked[3]).toEqual(refused("COORDINATOR_NOT_AVAILABLE"));
    await turn();
    await log.landAll();
    expect(await Promise.all(asked.slice(0, 3))).toEqual([1, 2, 3].map(answered));

    const narrow = bench({ limits: { pendingBytes: 60 } });
    await narrow.coordinator.load();
    const pending = [narrow.add("a"), narrow.add("a"), narrow.add("a")];
    expect(await pending[2]).toEqual(refused("COORDINATOR_NOT_AVAILABLE"));
    await turn();
    await narrow.log.landAll();
    expect(narrow.occupancy).toEqual({ waiting: 0, pendingBytes: 0 });
  });

  it("ends with the coordinator: what is decided is answered once it is durable, the others are refused", async () => {
    const { add, coordinator, log } = bench();
    await coordinator.load();
    const decided = add("a");
    const waiting = coordinator.ask<number>((ticket) => ({ kind: "wait", name: "b", ticket })).outcome;
    const closed = coordinator.close();
    expect(await add("a")).toEqual(refused("NOT_COORDINATOR"));
    await turn();
    await log.landAll();
    await closed;
    expect(await Promise.all([decided, waiting])).toEqual([answered(1), refused("NOT_COORDINATOR")]);
  });
});

describe("timers", () => {
  it("bring the machine's commands when they are due, but not after a failure has taken the state back", async () => {
    const { coordinator, log, time, read } = bench();
    log.landing = true;
    const later = (name: string) => coordinator.ask<number>((ticket) => ({ kind: "later", name, afterMs: 1_000, ticket })).outcome;
    await later("a");
    await time.pass(999);
    expect(await read("a")).toEqual(answered(0));
    await time.pass(1);
    expect(await read("a")).toEqual(answered(1));
    await later("b");
    log.landing = false;
    void coordinator.ask<number>((ticket) => ({ kind: "add", name: "c", by: 1, ticket }));
    await turn();
    log.fail();
    await time.pass(5_000);
    expect(await read("b")).toEqual(answered(0));
  });
});

it("whatever fails and whenever it crashes, what was acknowledged is there again, in its order", async () => {
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant("add" as const), name: fc.constantFrom("a", "b") }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom("land" as const, "turn" as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("fail" as const, "crash" as const) }) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      let { add, log, time, fatal } = bench();
      const acknowledged = new Map<string, number>();
      for (const one of steps) {
        if (one.kind === "add") {
          void add(one.name).then((outcome) => {
            if (outcome.kind !== "answered") return;
            // Each answer is one more than the last: none was taken back, none is out of order.
            expect(outcome.response).toBeGreaterThan(acknowledged.get(one.name) ?? 0);
            acknowledged.set(one.name, outcome.response);
          });
        } else if (one.kind === "land" && log.underWay.length > 0) log.land();
        else if (one.kind === "fail") {
          log.fail();
          await time.pass(10_000);
        } else if (one.kind === "crash") {
          // What was under way may have come to the disk, or not.
          ({ add, log, time, fatal } = bench({ log: testLog([...log.durable]) }));
        }
        if (one.kind === "turn") await turn();
      }
      await turn();
      const replayed = bench({ log: testLog([...log.durable]) });
      for (const [name, value] of acknowledged) {
        const outcome = await replayed.read(name);
        expect(outcome.kind === "answered" && outcome.response >= value).toBe(true);
      }
      expect(fatal).toEqual([]);
    }),
    { numRuns: 150 },
  );
});
