// Coordinators: the runtime, and the machines of groups.
export type { Machine } from "./runtime/machine.js";
