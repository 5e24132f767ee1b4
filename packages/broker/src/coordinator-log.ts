// What coordinators tell the operator, as log lines.
import type { CoordinatorEvent } from "@moldau/coordinators";
import type { Logger } from "./logger.js";

/** A sentence for each kind of event. */
export type CoordinatorSentences = Readonly<Record<CoordinatorEvent["kind"], string>>;

export function logCoordinators(log: Logger, event: CoordinatorEvent, sentences: CoordinatorSentences): void {
  const { kind, ...facts } = event;
  if (event.kind === "failing" || event.kind === "undecided") {
    log.error({ ...facts, error: event.error.message, stack: event.kind === "undecided" ? event.error.stack : undefined }, sentences[kind]);
  } else if (event.kind === "unreadable") log.error(facts, sentences[kind]);
  else log[event.kind === "loaded" ? "debug" : "info"](facts, sentences[kind]);
}
