export { type SimulationOptions, type SimulationResult, simulate } from "./simulation.js";
