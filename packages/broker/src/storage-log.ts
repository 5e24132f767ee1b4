// What storage tells the operator, as log lines.
import { DiskError } from "@moldau/env";
import type { StorageEvent } from "@moldau/storage";
import type { Logger } from "./logger.js";

const SENTENCES = {
  recovered: "the journal was replayed",
  failing: "storage fails and tries again; producers may be told to retry",
  full: "the disk is full: free space on it, nothing needs to be restarted; until then producers are told to retry, and reads go on",
  healed: "storage works again",
  damaged: "stored bytes are damaged: they are left as they are, and fetches of them fail; moldau log verify says what else is",
  swept: "what a crash had left without an owner was removed",
} as const;

export function logStorage(log: Logger, event: StorageEvent): void {
  const { kind, ...facts } = event;
  if (event.kind === "failing")
    log.error({ ...facts, error: event.error.message }, SENTENCES[isDiskFull(event.error) ? "full" : "failing"]);
  else if (event.kind === "damaged") log.error({ error: event.error.message }, SENTENCES.damaged);
  else log.info(facts, SENTENCES[event.kind]);
}

/** No space, or no more for us; at first hand or as the cause. A journal can be full with space left: when consolidation fails. */
function isDiskFull(error: Error): boolean {
  const disk = error instanceof DiskError ? error : error.cause;
  return disk instanceof DiskError && (disk.code === "ENOSPC" || disk.code === "EDQUOT");
}
