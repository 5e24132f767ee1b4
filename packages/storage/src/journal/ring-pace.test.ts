import { memoryDisk } from "@moldau/env";
import { expect, it } from "vitest";
import type { RingFile } from "./ring-file.js";
import { ringPace } from "./ring-pace.js";
import { manualTime } from "./testing/manual-time.js";

const FILE_BYTES = 64 * 1024 * 1024;
const FILL_MS = 1_000;

async function filling() {
  const time = manualTime();
  const pace = ringPace(time.clock, FILE_BYTES, FILL_MS);
  const file: RingFile = {
    number: 0,
    path: "/0",
    file: await memoryDisk().open("/0", { create: true, mode: "synced" }),
    capacityBytes: FILE_BYTES,
    sizeBytes: FILE_BYTES,
    preparedBytes: FILE_BYTES,
    position: 4096,
    lastSequence: 0,
    filledFast: false,
    segmentId: undefined,
    promoted: false,
  };
  pace.begun(file);
  /** So many bytes come within so many milliseconds. */
  const come = (share: number, ms: number) => {
    file.position += Math.floor(share * (FILE_BYTES - 4096));
    time.advance(ms);
  };
  return { pace, file, come };
}

it("is fast while a file would fill in time, and slow when the groups stop", async () => {
  const { pace, file, come } = await filling();
  expect(pace.isFast(file)).toBe(false);
  come(0.2, 100);
  expect(pace.isFast(file)).toBe(true);
  come(0, 200);
  expect(pace.isFast(file)).toBe(false);
});

it("goes by the last file when a file has just begun", async () => {
  const { pace, file, come } = await filling();
  come(1, 900);
  expect(pace.filled(file)).toBe(true);
  file.position = 4096;
  pace.begun(file);
  come(0, 10);
  expect(pace.isFast(file)).toBe(true);
  come(0, 200);
  expect(pace.isFast(file)).toBe(false);
  come(1, 5_000);
  expect(pace.filled(file)).toBe(false);
});

it("counts what came since the journal was opened, not what the file had before", async () => {
  const { pace, file, come } = await filling();
  file.position = FILE_BYTES - 8192;
  pace.begun(file);
  come(0, 100);
  expect(pace.isFast(file)).toBe(false);
});
