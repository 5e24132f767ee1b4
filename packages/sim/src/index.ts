export { type LogSimulationOptions, simulate } from "./simulation.js";
export type { SimulationOptions, SimulationResult } from "./world/in-world.js";
