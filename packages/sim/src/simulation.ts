// The simulation of logs: one broker on a disk that loses power, producers, readers, and whoever deletes records and topics. It runs for
// some virtual moments with kills and faults, then in peace until every producer has its acknowledgements; then the logs are judged.
import { logPopulation } from "./clients/log-population.js";
import { verdict } from "./verdict.js";
import { inWorld, type Play, type SimulationOptions, type SimulationResult, type Stage } from "./world/in-world.js";
import { retentionProperties, type Shape, type ShapeKind, shapes } from "./world/shape.js";
import { unrest } from "./world/unrest.js";

export interface LogSimulationOptions extends SimulationOptions {
  /** Default: any. */
  readonly shape?: ShapeKind;
}

/** What peace may take: retries with back-off, a replay, a consolidation that was refused. */
const PEACE_MS = 60_000;

export function simulate(seed: number, { shape: kind = "any", ...options }: LogSimulationOptions = {}): Promise<SimulationResult> {
  return inWorld(seed, options, (random) => {
    const shape = shapes[kind](random);
    return { shape, told: shape, properties: retentionProperties(shape), play: (stage) => play(stage, shape) };
  });
}

function play(stage: Stage, shape: Shape): Play {
  const { world, random, failed, fault } = stage;
  const people = logPopulation({ ...stage, random: random.fork() }, shape);
  return {
    acknowledged: people.acknowledged,
    async run() {
      people.arrive();
      await unrest(world, shape, random.fork(), failed);
      world.calm();
      if (!(await world.time.run(() => stage.allWentHome() || failed(), PEACE_MS))) {
        fault(`in peace, not all was acknowledged within ${PEACE_MS} ms: something is stuck`);
      }
      if (failed()) return;
      for (const sentence of await verdict(world, people.topics, random.fork(), PEACE_MS)) fault(sentence);
    },
  };
}
