// A producer's transaction is over: what it has committed counts, or is forgotten. Its marker says so in the topic, be there anything to
// end or not: who replays the log sees that what came before is decided.
import { reply } from "../../runtime/machine.js";
import type { TransactionEndedCommand } from "../commands.js";
import { decision, type GroupsDecision } from "../decision.js";
import type { GroupsState } from "../state.js";

export const endTransaction = (_state: GroupsState, { ticket, end }: TransactionEndedCommand): GroupsDecision =>
  decision({ events: [{ kind: "transactionEnded", end }], replies: [reply(ticket, undefined)] });
