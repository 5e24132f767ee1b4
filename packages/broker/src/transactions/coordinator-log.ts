// What coordinators of transactions tell the operator, as log lines.
import type { CoordinatorEvent } from "@moldau/coordinators";
import type { Logger } from "../logger.js";

export function logTransactions(log: Logger, event: CoordinatorEvent): void {
  const { kind, ...facts } = event;
  if (event.kind === "failing" || event.kind === "undecided") {
    log.error({ ...facts, error: event.error.message, stack: event.kind === "undecided" ? event.error.stack : undefined }, SENTENCES[kind]);
  } else if (event.kind === "unreadable") log.error(facts, SENTENCES[kind]);
  else log[event.kind === "loaded" ? "debug" : "info"](facts, SENTENCES[kind]);
}

const SENTENCES: Readonly<Record<CoordinatorEvent["kind"], string>> = {
  loaded: "the transactions of a partition of __transaction_state were loaded",
  failing: "the state of transactions cannot be read or written, and is tried again; producers are told to retry",
  healed: "the state of transactions is read and written again",
  undecided: "a request or a timer of a transaction came to nothing",
  unreadable: "a record of __transaction_state cannot be read, and is left out",
};
