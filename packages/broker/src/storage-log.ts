// What storage tells the operator, as log lines.
import type { StorageEvent } from "@moldau/storage";
import type { Logger } from "./logger.js";

const SENTENCES = {
  recovered: "the journal was replayed",
  failing: "storage fails and tries again; producers may be told to retry",
  healed: "storage works again",
  swept: "what a crash had left without an owner was removed",
} as const;

export function logStorage(log: Logger, event: StorageEvent): void {
  const { kind, ...facts } = event;
  if (event.kind === "failing") log.error({ ...facts, error: event.error.message }, SENTENCES[kind]);
  else log.info(facts, SENTENCES[kind]);
}
