// How a consumer group answers members that speak the classic protocol (KIP-848, live migration).
import type { Deciders } from "../decider.js";

export const classicMemberDeciders: Partial<Deciders> = {};
