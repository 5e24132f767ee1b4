// How offsets are committed, fetched, deleted, and how they expire.
import type { Deciders } from "../decider.js";

export const offsetsDeciders: Partial<Deciders> = {};
