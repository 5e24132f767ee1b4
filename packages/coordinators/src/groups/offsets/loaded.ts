// What offsets need after loading: the timer of their retention.
import { decision, type GroupsDecision } from "../decision.js";
import type { World } from "../world.js";
import { nextCheck } from "./retention.js";

export const offsetsLoaded = (world: World): GroupsDecision => decision({ timers: [nextCheck(world)] });
