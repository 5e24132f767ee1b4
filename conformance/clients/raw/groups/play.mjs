// Plays every scenario against the broker under test.
import { scenarios } from "./scenarios/index.mjs";
import { play } from "./script.mjs";
import { makeWorld } from "./world.mjs";

/** Resolves with the steps of each scenario, by its name. */
export async function playAll(round) {
  const world = await makeWorld(round);
  const played = {};
  for (const [index, [name, scenario, how]] of scenarios.entries()) played[name] = await play(scenario, index, world, how);
  return played;
}
