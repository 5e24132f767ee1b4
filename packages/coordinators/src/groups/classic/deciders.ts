// How classic groups answer, and what their timers bring.
import type { Deciders } from "../decider.js";
import { NOTHING } from "../decision.js";
import { joinPhaseTimedOut, pendingMemberExpired, sessionExpired, syncPhaseTimedOut } from "./expiry.js";
import { heartbeat } from "./heartbeat.js";
import { joinGroup } from "./join.js";
import { leaveGroup } from "./leave.js";
import { syncGroup } from "./sync.js";

type Decided =
  | "joinGroup"
  | "syncGroup"
  | "heartbeat"
  | "leaveGroup"
  | "abandoned"
  | "classicSessionExpired"
  | "classicPendingMemberExpired"
  | "classicJoinPhaseEnded"
  | "classicSyncPhaseEnded";

export const classicDeciders: Deciders<Decided> = {
  joinGroup,
  syncGroup,
  heartbeat,
  leaveGroup,
  // a client that is gone may come back on another connection: its session or the phase decides
  abandoned: () => NOTHING,
  classicSessionExpired: sessionExpired,
  classicPendingMemberExpired: pendingMemberExpired,
  classicJoinPhaseEnded: joinPhaseTimedOut,
  classicSyncPhaseEnded: syncPhaseTimedOut,
};
