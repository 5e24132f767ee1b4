// From the values of all rounds to one line per figure: medians, spreads, ratios, verdicts.
import { spread } from "./statistics.mjs";

/**
 * @typedef {object} Round           one scenario on one server, once
 * @property {string} scenario
 * @property {string} server
 * @property {number} round
 * @property {Record<string, number | undefined>} [values]
 * @property {unknown} [raw]
 * @property {number} [othersShare]  how much of the machine others used meanwhile, 0…1
 * @property {string} [error]
 *
 * @typedef {ReturnType<typeof spread>} Spread
 * @typedef {"aim" | "must" | "missed"} Verdict
 * @typedef {object} Line
 * @property {string} scenario
 * @property {import("./scenarios/scenario.mjs").Metric} metric
 * @property {Record<string, Spread>} servers
 * @property {Record<string, number>} ratios   by server: its median ÷ the baseline's
 * @property {Verdict} [verdict]               of the subject
 */

/** @param {number} value @param {number} bound @param {"higher" | "lower"} better */
const reaches = (value, bound, better) => (better === "higher" ? value >= bound : value <= bound);

/** @param {import("./scenarios/scenario.mjs").Metric} metric @param {Spread | undefined} own @param {number | undefined} ratio @returns {Verdict | undefined} */
function verdict({ better, must, aim, mustBe }, own, ratio) {
  if (mustBe !== undefined) return own && (reaches(own.median, mustBe, better) ? "must" : "missed");
  if (must === undefined || ratio === undefined) return undefined;
  if (aim !== undefined && reaches(ratio, aim, better)) return "aim";
  return reaches(ratio, must, better) ? "must" : "missed";
}

/**
 * @param {readonly Round[]} rounds
 * @param {ReadonlyMap<string, import("./scenarios/scenario.mjs").Scenario>} scenarios
 * @param {{ baseline: string, subject: string }} roles
 * @returns {Line[]}
 */
export function summarize(rounds, scenarios, { baseline, subject }) {
  /** @param {string} name @param {import("./scenarios/scenario.mjs").Metric} metric */
  const line = (name, metric) => {
    /** @type {Record<string, Spread>} */
    const servers = {};
    for (const server of new Set(rounds.map((round) => round.server))) {
      const values = rounds
        .filter((round) => round.scenario === name && round.server === server)
        .flatMap((round) => round.values?.[metric.id] ?? []);
      if (values.length > 0) servers[server] = spread(values);
    }
    const base = servers[baseline]?.median;
    const others = base ? Object.entries(servers).filter(([server]) => server !== baseline) : [];
    const ratios = Object.fromEntries(others.map(([server, { median }]) => [server, median / (base ?? Number.NaN)]));
    const judged = verdict(metric, servers[subject], ratios[subject]);
    return { scenario: name, metric, servers, ratios, ...(judged && { verdict: judged }) };
  };
  return [...scenarios].flatMap(([name, { metrics }]) =>
    metrics.map((metric) => line(name, metric)).filter(({ servers }) => Object.keys(servers).length > 0),
  );
}
