import { expect, it } from "vitest";
import { percentiles } from "./figures.js";

it("has percentiles by nearest rank", () => {
  const samples = Float64Array.from({ length: 1_000 }, (_, at) => 1_000 - at);
  expect(percentiles(samples)).toEqual({ p50: 500, p90: 900, p99: 990, "p99.9": 999, max: 1_000 });
  expect(percentiles(Float64Array.of(7))).toMatchObject({ p50: 7, max: 7 });
});
