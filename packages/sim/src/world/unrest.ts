// Trouble, for a while: kills at any moment (also of brokers that are just starting), stops, a disk that fills, a clock that jumps,
// and long silences.
import type { SeededRandom } from "../time/seeded-random.js";
import type { Shape } from "./shape.js";
import type { World } from "./world.js";

/** The longest that starting takes, about: kills after less hit it. */
const STARTING_MS = 6;
const MAX_CLOCK_JUMP_MS = 10 * 60_000;

export async function unrest(world: World, shape: Shape, random: SeededRandom, failed: () => boolean): Promise<void> {
  const { time, disk } = world;
  while (time.nowMs() < shape.runMs && !failed()) {
    const calmMs = random.float() * (random.chance(0.3) ? STARTING_MS : shape.maxCalmMs);
    await time.run(failed, calmMs);
    if (random.chance(shape.killProbability)) world.kill(random.chance(0.7) ? "power" : "process");
    else if (random.chance(0.2)) world.restart();
    if (random.chance(shape.fullProbability)) {
      disk.faults.capacityBytes = random.chance(0.5) ? shape.capacityBytes : Number.MAX_SAFE_INTEGER;
    }
    if (random.chance(0.05)) time.shiftWallClock(random.int(-MAX_CLOCK_JUMP_MS, MAX_CLOCK_JUMP_MS));
  }
}
