import { expect, it } from "vitest";
import { inTurn } from "./in-turn.js";

it("runs tasks one at a time, in order", async () => {
  const turn = inTurn();
  const events: string[] = [];
  const task = (name: string) => async () => {
    events.push(`${name} begins`);
    await Promise.resolve();
    events.push(`${name} ends`);
    return name;
  };
  expect(await Promise.all([turn(task("a")), turn(task("b"))])).toEqual(["a", "b"]);
  expect(events).toEqual(["a begins", "a ends", "b begins", "b ends"]);
});

it("goes on after a task that fails, and tells its caller alone", async () => {
  const turn = inTurn();
  const failing = turn(async () => {
    throw new Error("first");
  });
  const next = turn(async () => "second");
  await expect(failing).rejects.toThrow("first");
  expect(await next).toBe("second");
});
