export { type SimulationOptions, type SimulationResult, simulate } from "./sim-world.js";
