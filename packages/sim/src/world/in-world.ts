// The frame of every simulation: a world from a seed, what happens in it, and what was found wrong.
import { NO_SABOTAGE, type Sabotage } from "../sabotage/sabotage.js";
import { type SeededRandom, seededRandom } from "../time/seeded-random.js";
import { virtualTime } from "../time/virtual-time.js";
import { hearUnhandled } from "../unhandled.js";
import type { Shape } from "./shape.js";
import { openWorld, sayError, type World } from "./world.js";

export interface SimulationOptions {
  readonly sabotage?: Sabotage;
  /** Log lines of the broker, with the virtual time. */
  readonly tell?: (line: string) => void;
}

export interface SimulationResult {
  readonly seed: number;
  /** What is wrong, in sentences. */
  readonly faults: readonly string[];
  readonly kills: number;
  /** What clients were told is done: batches, transactions; or the lives of a group's members. */
  readonly acknowledged: number;
  readonly virtualMs: number;
  /** Of all that happened: the same seed gives the same. */
  readonly digest: string;
}

/** What a seed decides. */
export interface Plan {
  readonly shape: Shape;
  /** The broker's settings, as server.properties has them. */
  readonly properties: ReadonlyMap<string, string>;
  /** For the trace. */
  readonly told: unknown;
  play(stage: Stage): Play;
}

/** What happens in a world. */
export interface Play {
  run(): Promise<void>;
  /** See SimulationResult. */
  acknowledged(): number;
}

export interface Stage {
  readonly world: World;
  readonly random: SeededRandom;
  fault(sentence: string): void;
  /** Something was found wrong: there is no need to go on. */
  failed(): boolean;
  /** Somebody's doings: a rejection is a fault. */
  guard(doings: Promise<unknown>): void;
  /** All that is guarded has come to its end. */
  allWentHome(): boolean;
}

export async function inWorld(
  seed: number,
  { sabotage = NO_SABOTAGE, tell }: SimulationOptions,
  planOf: (random: SeededRandom) => Plan,
): Promise<SimulationResult> {
  const random = seededRandom(seed);
  const time = virtualTime();
  const plan = planOf(random.fork());
  tell?.(JSON.stringify(plan.told));
  const { shape, properties } = plan;
  const world = openWorld({ time, random: random.fork(), shape, properties, sabotage, tell });
  const faults: string[] = [];
  let out = 0;
  const play = plan.play({
    world,
    random,
    fault: (sentence) => void faults.push(sentence),
    failed: () => faults.length > 0 || world.fatal.length > 0,
    guard(doings) {
      out++;
      doings.catch((error: unknown) => faults.push(sayError(error))).finally(() => out--);
    },
    allWentHome: () => out === 0,
  });
  const stopHearing = hearUnhandled((reason) => faults.push(`an invariant broke: ${sayError(reason)}`));
  try {
    world.start();
    await play.run();
  } catch (error) {
    faults.push(sayError(error));
  } finally {
    world.stop();
    stopHearing();
  }
  return {
    seed,
    faults: [...world.fatal, ...faults],
    kills: world.ends.filter(({ how }) => how === "kill").length,
    acknowledged: play.acknowledged(),
    virtualMs: time.nowMs(),
    digest: time.digest(),
  };
}
