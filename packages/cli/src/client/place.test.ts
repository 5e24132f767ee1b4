import { expect, it } from "vitest";
import { UsageError } from "../exit.js";
import { durationMs, parsePlace } from "./place.js";

const place = (text: string) => parsePlace(text, "--from", 1_000_000);

it("reads places as people write them", () => {
  expect(place("beginning")).toEqual({ kind: "earliest" });
  expect(place("end")).toEqual({ kind: "latest" });
  expect(place("42")).toEqual({ kind: "offset", offset: 42 });
  expect(place("15m")).toEqual({ kind: "time", timeMs: 100_000 });
  expect(place("-10s")).toEqual({ kind: "time", timeMs: 990_000 });
  expect(place("2026-01-31T12:00:00Z")).toEqual({ kind: "time", timeMs: Date.UTC(2026, 0, 31, 12) });
});

it("refuses what is no place", () => {
  expect(() => place("soon")).toThrow(UsageError);
  expect(durationMs("12")).toBeUndefined();
});
