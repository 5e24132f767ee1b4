import { describe, expect, it } from "vitest";
import { collisionKey, topicNameProblem } from "./names.js";

describe("a topic's name", () => {
  it.each(["a", "orders.eu-1_x", "...", "x".repeat(249), "A9"])("may be %s", (name) => {
    expect(topicNameProblem(name)).toBeUndefined();
  });

  it.each(["", ".", "..", "a b", "a/b", "../etc", "ä", "a\n", "a\u0000", "x".repeat(250)])("may not be %j", (name) => {
    expect(topicNameProblem(name)).toMatch(/\.$/);
  });

  it("is the same as another to metrics when only . and _ differ", () => {
    expect(collisionKey("a.b_c")).toBe(collisionKey("a_b.c"));
    expect(collisionKey("a-b")).not.toBe(collisionKey("a_b"));
  });
});
