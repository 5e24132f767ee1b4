// What coordinators tell the operator, as log lines.
import type { CoordinatorEvent } from "@moldau/coordinators";
import type { Logger } from "../logger.js";

export function logCoordinators(log: Logger, event: CoordinatorEvent): void {
  const { kind, ...facts } = event;
  if (event.kind === "failing" || event.kind === "undecided") {
    log.error({ ...facts, error: event.error.message, stack: event.kind === "undecided" ? event.error.stack : undefined }, SENTENCES[kind]);
  } else if (event.kind === "unreadable") log.error(facts, SENTENCES[kind]);
  else log[event.kind === "loaded" ? "debug" : "info"](facts, SENTENCES[kind]);
}

const SENTENCES: Readonly<Record<CoordinatorEvent["kind"], string>> = {
  loaded: "the groups of a partition of __consumer_offsets were loaded",
  failing: "groups cannot be read or written, and are tried again; clients are told to retry",
  healed: "groups are read and written again",
  undecided: "a request or a timer of a group came to nothing",
  unreadable: "a record of __consumer_offsets cannot be read, and is left out",
};
