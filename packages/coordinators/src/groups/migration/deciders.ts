// How a consumer group answers members that speak the classic protocol (KIP-848, live migration).
import type { Deciders } from "../decider.js";
import { joinGroup } from "./join.js";
import { leaveGroup } from "./leave.js";
import { heartbeat, syncGroup } from "./sync-and-heartbeat.js";

export const classicMemberDeciders = { joinGroup, syncGroup, heartbeat, leaveGroup } satisfies Partial<Deciders>;
