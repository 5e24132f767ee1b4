// Runs many seeds, and says what came of them.
import type { Clock } from "@moldau/env";
import type { SimulationResult } from "./world/in-world.js";

export interface RunOptions {
  readonly from: number;
  readonly seeds: number;
  readonly limitMs: number;
  readonly run: (seed: number) => Promise<SimulationResult>;
  readonly clock: Clock;
  readonly say: (line: string) => void;
}

/** How often progress is told. */
const REPORT_MS = 10_000;

export const seedText = (seed: number): string => `0x${seed.toString(16)}`;

/** What is wrong with a run, and how to see it again; undefined when nothing is. */
export function failureText({ seed, faults }: SimulationResult): string | undefined {
  const [first] = faults;
  if (first === undefined) return undefined;
  const more = faults.length > 1 ? `\n  and ${faults.length - 1} more` : "";
  return `seed ${seedText(seed)}: ${first}${more}\n  npm run sim -- --seed ${seedText(seed)} --trace`;
}

/** Gives the number of seeds that failed. */
export async function runSeeds({ from, seeds, limitMs, run, clock, say }: RunOptions): Promise<number> {
  const startMs = clock.monotonicMs();
  const sum = { seeds: 0, failed: 0, kills: 0, acknowledged: 0, virtualMs: 0 };
  let reportMs = startMs + REPORT_MS;
  const report = () => {
    const minutes = (clock.monotonicMs() - startMs) / 60_000;
    say(
      `${sum.seeds} seeds, ${sum.failed} failed; ${Math.round(sum.seeds / minutes)} a minute ` +
        `(${sum.kills} kills, ${sum.acknowledged} acknowledgements, ${Math.round(sum.virtualMs / 1_000)} virtual seconds)`,
    );
  };
  for (let i = 0; i < seeds && clock.monotonicMs() - startMs < limitMs; i++) {
    const result = await run((from + i) >>> 0);
    sum.seeds++;
    sum.kills += result.kills;
    sum.acknowledged += result.acknowledged;
    sum.virtualMs += result.virtualMs;
    const failure = failureText(result);
    if (failure !== undefined) {
      sum.failed++;
      say(failure);
    }
    if (clock.monotonicMs() < reportMs) continue;
    reportMs += REPORT_MS;
    report();
  }
  report();
  return sum.failed;
}
