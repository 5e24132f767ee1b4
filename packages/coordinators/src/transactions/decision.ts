// Decisions of the transactions machine, and how they are put together.
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

/** A decision from what there is of it. */
export const decision = ({ events = [], replies = [], timers = [] }: Partial<TransactionsDecision>): TransactionsDecision => ({
  events,
  replies,
  timers,
});

export const NOTHING: TransactionsDecision = Object.freeze(decision({}));

/** All of them, where none is decided on a state that another changes. */
export const allOf = (parts: readonly TransactionsDecision[]): TransactionsDecision => ({
  events: parts.flatMap(({ events }) => events),
  replies: parts.flatMap(({ replies }) => replies),
  timers: parts.flatMap(({ timers }) => timers),
});
