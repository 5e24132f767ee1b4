// `npm run sim`: runs simulations and says which seeds failed, each with the command that replays it.
//   --seed N      that seed alone          --trace       with the broker's log
//   --from N      seeds from there on; without it, from a random one
//   --seeds N     so many                  --minutes N   until then
import { parseArgs } from "node:util";
import { systemClock, systemRandom } from "@moldau/env";
import { runSeeds } from "./run-seeds.js";
import { simulate } from "./simulation.js";

const DEFAULT_SEEDS = 1_000;
const SEEDS = 2 ** 32;

const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    from: { type: "string" },
    seeds: { type: "string" },
    minutes: { type: "string" },
    trace: { type: "boolean", default: false },
  },
});
const say = (line: string) => void process.stdout.write(`${line}\n`);
const number = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text));

const minutes = number(values.minutes);
const only = number(values.seed);
const failed = await runSeeds({
  from: only ?? number(values.from) ?? Math.floor(systemRandom.float() * SEEDS),
  seeds: only !== undefined ? 1 : (number(values.seeds) ?? (minutes === undefined ? DEFAULT_SEEDS : Number.POSITIVE_INFINITY)),
  limitMs: minutes === undefined ? Number.POSITIVE_INFINITY : minutes * 60_000,
  run: (seed) => simulate(seed, values.trace ? { tell: say } : {}),
  clock: systemClock,
  say,
});
process.exitCode = failed > 0 ? 1 : 0;
