import { describe, expect, it } from "vitest";
import { partitionOfGroup } from "./partition-of-group.js";

describe("a group's partition", () => {
  it("is where Kafka has it", () => {
    // hashCode: "" 0, "a" 97, "orders" -1008770331, "polygenelubricants" the least integer
    expect(partitionOfGroup("", 50)).toBe(0);
    expect(partitionOfGroup("a", 50)).toBe(47);
    expect(partitionOfGroup("orders", 50)).toBe(31);
    expect(partitionOfGroup("polygenelubricants", 50)).toBe(0);
  });
});
