// What a member says of itself when it joins, as the group keeps it.
import type { JoinGroupCommand } from "../commands.js";
import type { ClassicMember } from "./group.js";
import { ownProtocols } from "./protocols.js";

type Said = Pick<ClassicMember, "clientId" | "clientHost" | "sessionTimeoutMs" | "rebalanceTimeoutMs" | "protocols" | "joining">;

export const saidOfItself = ({ request, caller, ticket }: JoinGroupCommand): Said => ({
  clientId: caller.clientId,
  clientHost: caller.clientHost,
  sessionTimeoutMs: request.sessionTimeoutMs,
  // version 0 has no rebalance timeout of its own
  rebalanceTimeoutMs: caller.version === 0 ? request.sessionTimeoutMs : request.rebalanceTimeoutMs,
  protocols: ownProtocols(request.protocols),
  joining: { ticket, version: caller.version },
});
