// The coordinators of a topic together: those of one partition do not suffer from what another lacks.
import { expect, it } from "vitest";
import { coordinators } from "./coordinators.js";
import { bench, testTime } from "./testing/bench.js";
import { countingMachine } from "./testing/counting-machine.js";
import { type TestLog, testLog } from "./testing/test-log.js";

/** A log that keeps one counter. */
async function filledLog(): Promise<TestLog> {
  const { add, log } = bench({ log: Object.assign(testLog(), { landing: true }) });
  await add("a");
  return Object.assign(testLog(log.durable), { landing: true });
}

it("are loaded though one before them cannot be read, which is loaded once it can", async () => {
  const logs = [await filledLog(), testLog(), await filledLog()];
  const [damaged, empty, sound] = logs;
  if (!damaged || !empty || !sound) throw new Error("three logs");
  damaged.unreadable = true;
  const { clock, timers, pass } = testTime();
  const all = coordinators({
    machine: countingMachine,
    logOf: (partition) => logs[partition] ?? testLog(),
    world: () => undefined,
    clock,
    timers,
    report: () => {},
    fatal: (error) => {
      throw error;
    },
  });
  const warmed = all.warm(logs.length);
  await pass(50);
  expect([damaged.reads, empty.reads, sound.reads]).toEqual([1, 0, 1]);
  expect([...all.states()]).toHaveLength(1);
  await warmed;
  damaged.unreadable = false;
  await pass(10_000);
  expect([...all.states()].map(({ values }) => values.get("a"))).toEqual([1, 1]);
  await all.close();
});
