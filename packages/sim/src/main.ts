// `npm run sim`: runs simulations and says which seeds failed, each with the command that replays it.
//   --seed N      that seed alone          --trace       with the broker's log
//   --from N      seeds from there on; without it, from a random one
//   --world logs|brief|groups|transactions   one kind of world only; without it, each seed gives one of each
//   --seeds N     so many                  --minutes N   until then
import { parseArgs } from "node:util";
import { systemClock, systemRandom } from "@moldau/env";
import { simulateGroups } from "./groups/group-simulation.js";
import { runSeeds } from "./run-seeds.js";
import { simulate } from "./simulation.js";
import { simulateTransactions } from "./transactions/transaction-simulation.js";
import type { SimulationOptions, SimulationResult } from "./world/in-world.js";

const DEFAULT_SEEDS = 1_000;
const SEEDS = 2 ** 32;

const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    from: { type: "string" },
    seeds: { type: "string" },
    minutes: { type: "string" },
    trace: { type: "boolean", default: false },
    world: { type: "string" },
  },
});
const say = (line: string) => void process.stdout.write(`${line}\n`);
const number = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text));

const brief = (seed: number, options: SimulationOptions) => simulate(seed, { ...options, shape: "brief" });
const worlds = { logs: simulate, brief, groups: simulateGroups, transactions: simulateTransactions };
const chosen = Object.entries(worlds).filter(([name]) => values.world === undefined || values.world === name);
if (chosen.length === 0) throw new Error(`--world ${values.world}: there are ${Object.keys(worlds).join(" and ")}`);

/** One simulation of each chosen kind, until one fails. */
async function run(seed: number, options: SimulationOptions): Promise<SimulationResult> {
  let sum: SimulationResult | undefined;
  for (const [, simulateOne] of chosen) {
    const result = await simulateOne(seed, options);
    sum = sum
      ? {
          ...result,
          kills: sum.kills + result.kills,
          acknowledged: sum.acknowledged + result.acknowledged,
          virtualMs: sum.virtualMs + result.virtualMs,
        }
      : result;
    if (result.faults.length > 0) break;
  }
  if (!sum) throw new Error("there is a world");
  return sum;
}

const minutes = number(values.minutes);
const only = number(values.seed);
const failed = await runSeeds({
  from: only ?? number(values.from) ?? Math.floor(systemRandom.float() * SEEDS),
  seeds: only !== undefined ? 1 : (number(values.seeds) ?? (minutes === undefined ? DEFAULT_SEEDS : Number.POSITIVE_INFINITY)),
  limitMs: minutes === undefined ? Number.POSITIVE_INFINITY : minutes * 60_000,
  run: (seed) => run(seed, values.trace ? { tell: say } : {}),
  clock: systemClock,
  say,
});
process.exitCode = failed > 0 ? 1 : 0;
