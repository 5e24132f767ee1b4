// The summary and the table: medians over rounds, ratios to the baseline, verdicts in both directions.
import assert from "node:assert/strict";
import { test } from "node:test";
import { summarize } from "../summary.mjs";
import { table } from "../table.mjs";

/** @type {ReadonlyMap<string, import("../scenarios/scenario.mjs").Scenario>} */
const scenarios = new Map([
  [
    "pour",
    {
      about: "",
      needsControl: false,
      metrics: [
        { id: "speed", label: "speed", unit: "MB/s", better: "higher", must: 2, aim: 3 },
        { id: "cost", label: "cost", unit: "s/GB", better: "lower", must: 0.4, aim: 0.25 },
        { id: "wait", label: "wait", unit: "s", better: "lower", mustBe: 1 },
      ],
      run: async () => ({ values: {}, raw: undefined }),
    },
  ],
]);
const roles = { baseline: "kafka", subject: "moldau" };

/** @param {string} server @param {number} round @param {Record<string, number | undefined>} values */
const measured = (server, round, values) => ({ scenario: "pour", server, round, values });

test("takes the median of the rounds, and judges ratios by which way is better", () => {
  const [speed, cost, wait] = summarize(
    [
      measured("kafka", 0, { speed: 100, cost: 4, wait: 13 }),
      measured("kafka", 1, { speed: 300, cost: 4, wait: 13 }),
      measured("kafka", 2, { speed: 200, cost: 4, wait: 13 }),
      measured("moldau", 0, { speed: 500, cost: 1, wait: 1.5 }),
    ],
    scenarios,
    roles,
  );
  assert.equal(speed?.servers.kafka?.median, 200);
  assert.deepEqual([speed?.servers.kafka?.least, speed?.servers.kafka?.most], [100, 300]);
  assert.deepEqual([speed?.ratios.moldau, speed?.verdict], [2.5, "must"]);
  assert.deepEqual([cost?.ratios.moldau, cost?.verdict], [0.25, "aim"]);
  assert.equal(wait?.verdict, "missed", "1.5 s is a ninth of Kafka's 13 s, but the bound is 1 s");
});

test("says nothing about what was not measured", () => {
  const failed = { scenario: "pour", server: "kafka", round: 0, error: "it broke" };
  const lines = summarize([failed, measured("moldau", 0, { speed: 500, cost: undefined })], scenarios, roles);
  assert.deepEqual(
    lines.map(({ metric, ratios, verdict }) => [metric.id, ratios, verdict]),
    [["speed", {}, undefined]],
  );
  assert.match(table(lines, { servers: ["kafka", "moldau"], baseline: "kafka" }), /speed +MB\/s +– +500 +– +≥ 2 × +≥ 3 ×$/m);
});
