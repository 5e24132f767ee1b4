import { describe, expect, it } from "vitest";
import { namedTimers } from "./named-timers.js";
import { testTime } from "./testing/bench.js";

function setUp() {
  const time = testTime();
  const due: string[] = [];
  const timers = namedTimers<string>(time.clock, time.timers, (command) => due.push(`${command} ${time.clock.monotonicMs()}`));
  return { time, due, timers };
}

describe("named timers", () => {
  it("are due in order of time; setting one again moves it, either way", async () => {
    const { time, due, timers } = setUp();
    timers.set("late", 300, "late");
    timers.set("moved on", 100, "moved on");
    timers.set("moved up", 1_000, "moved up");
    timers.set("cancelled", 150, "cancelled");
    timers.set("moved on", 200, "moved on");
    timers.set("moved up", 50, "moved up");
    timers.cancel("cancelled");
    await time.pass(2_000);
    expect(due).toEqual(["moved up 50", "moved on 200", "late 300"]);
    expect(timers.count()).toBe(0);
  });

  it("may be set and cancelled by those that are due at the same time", async () => {
    const time = testTime();
    const due: string[] = [];
    const timers = namedTimers<string>(time.clock, time.timers, (command) => {
      due.push(command);
      if (command !== "first") return;
      timers.cancel("second");
      timers.set("third", 10, "third, later");
      timers.set("first", 5, "again");
    });
    for (const name of ["first", "second", "third"]) timers.set(name, 10, name);
    await time.pass(10);
    expect(due).toEqual(["first"]);
    await time.pass(10);
    expect(due).toEqual(["first", "again", "third, later"]);
  });

  it("cost the system one timer, however often deadlines move", async () => {
    const { time, due, timers } = setUp();
    for (let round = 0; round < 10; round++) {
      for (let member = 0; member < 1_000; member++) timers.set(`session ${member}`, 45_000, `expired ${member}`);
      await time.pass(3_000);
    }
    expect(time.armed).toBe(1);
    await time.pass(41_999);
    expect(due).toEqual([]);
    await time.pass(1);
    expect(due.length).toBe(1_000);
  });

  it("are all forgotten when cleared", async () => {
    const { time, due, timers } = setUp();
    timers.set("a", 10, "a");
    timers.clear();
    timers.set("b", 20, "b");
    await time.pass(100);
    expect(due).toEqual(["b 20"]);
  });
});
