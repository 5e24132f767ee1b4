// How classic groups answer, and what their timers bring.
import type { Deciders } from "../decider.js";

export const classicDeciders: Partial<Deciders> = {};
