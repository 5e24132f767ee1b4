// How groups are listed, described and deleted.
import type { Deciders } from "../decider.js";

export const administrationDeciders: Partial<Deciders> = {};
