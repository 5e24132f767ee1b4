// Decisions of the transactions machine, and the table of those who take them.
import { decisions } from "../runtime/decisions.js";
import type { Decision } from "../runtime/machine.js";
import type { TransactionsCommand } from "./commands.js";
import type { TransactionsEvent, TransactionsState } from "./state.js";
import type { TransactionsWorld } from "./world.js";

export type TransactionsDecision = Decision<TransactionsCommand, TransactionsEvent>;

type CommandKind = TransactionsCommand["kind"];

/** A table of functions that decide commands, by the commands' kinds. */
export type Deciders = {
  readonly [Kind in CommandKind]: (
    state: TransactionsState,
    command: Extract<TransactionsCommand, { readonly kind: Kind }>,
    world: TransactionsWorld,
  ) => TransactionsDecision;
};

export const { decision, NOTHING, allOf } = decisions<TransactionsCommand, TransactionsEvent>();
