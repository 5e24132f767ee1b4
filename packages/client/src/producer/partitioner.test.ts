import { systemRandom } from "@moldau/env";
import { describe, expect, it } from "vitest";
import { type Candidate, stickyChoice } from "./partitioner.js";

const candidates = (...waiting: number[]): Candidate[] => waiting.map((waitingBytes) => ({ waitingBytes, hasLeader: true }));

describe("the choice for records without key", () => {
  it("stays until a batch is written, or sent", () => {
    const sticky = stickyChoice(100, systemRandom);
    const idle = candidates(0, 0, 0);
    const first = sticky.choose(idle);
    sticky.wrote(99);
    expect(sticky.choose(idle)).toBe(first);
    sticky.wrote(1);
    const second = sticky.choose(idle);
    expect(second).toBe((first + 1) % 3);
    sticky.taken(first);
    expect(sticky.choose(idle)).toBe(second);
    sticky.taken(second);
    expect(sticky.choose(idle)).toBe((second + 1) % 3);
  });

  it("leaves out partitions without a leader, while there are others", () => {
    const sticky = stickyChoice(1, systemRandom);
    const one = [
      { waitingBytes: 0, hasLeader: false },
      { waitingBytes: 900, hasLeader: true },
    ];
    for (let i = 0; i < 20; i++) {
      expect(sticky.choose(one)).toBe(1);
      sticky.wrote(1);
    }
    const none = one.map(({ waitingBytes }) => ({ waitingBytes, hasLeader: false }));
    expect([0, 1]).toContain(stickyChoice(1, systemRandom).choose(none));
  });

  it("prefers partitions where little waits, and leaves none out", () => {
    let at = 0;
    const even = { bytes: systemRandom.bytes, float: () => (at++ % 1000) / 1000 };
    const sticky = stickyChoice(1, even);
    const counts = [0, 0, 0];
    for (let i = 0; i < 1000; i++) {
      const chosen = sticky.choose(candidates(0, 500, 1000));
      counts[chosen] = (counts[chosen] ?? 0) + 1;
      sticky.wrote(1);
    }
    const [idle = 0, some = 0, full = 0] = counts;
    expect(idle).toBeGreaterThan(some);
    expect(some).toBeGreaterThan(full);
    expect(full).toBeGreaterThan(50);
  });
});
