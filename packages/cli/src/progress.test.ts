import { describe, expect, it } from "vitest";
import { progressLine } from "./progress.js";

const MIB = 1024 * 1024;

function shown(errorIsTerminal: boolean) {
  let now = 0;
  const told: string[] = [];
  const io = { errorIsTerminal, error: (text: string) => void told.push(text) };
  const progress = progressLine(io, "verifying", { monotonicMs: () => now });
  return {
    told,
    progress,
    at(ms: number, bytes: number) {
      now = ms;
      progress.add(bytes);
    },
  };
}

describe("progress", () => {
  it("is a line on a terminal once it takes long, not for every byte, and goes", () => {
    const { told, progress, at } = shown(true);
    at(500, MIB);
    at(1_000, MIB);
    at(1_100, MIB);
    at(2_000, 97 * MIB);
    progress.clear();
    progress.clear();
    expect(told).toEqual(["\r\u001b[Kverifying: 2.0 MiB, 2.0 MiB/s", "\r\u001b[Kverifying: 100 MiB, 50.0 MiB/s", "\r\u001b[K"]);
    expect(progress.checkedBytes).toBe(100 * MIB);
  });

  it("is nothing where no person reads", () => {
    const { told, at } = shown(false);
    at(5_000, MIB);
    expect(told).toEqual([]);
  });
});
