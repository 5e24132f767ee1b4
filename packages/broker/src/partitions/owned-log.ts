// A log, and its owner once there is one. The store gives each log away once; before a partition can be its owner, what its newest markers
// say has to be read, and that may fail and be tried again.
import { assert } from "@moldau/std";
import type { Log, LogOwner, LogStore } from "@moldau/storage";

export interface OwnedLog {
  readonly log: Log;
  /** From now on the log tells this one. */
  own(owner: LogOwner): void;
}

export async function takeLog(store: LogStore, partition: Log["partition"]): Promise<OwnedLog> {
  let owner: LogOwner | undefined;
  const owned = (): LogOwner => {
    assert(owner, "nothing is appended to a log before it has an owner");
    return owner;
  };
  const log = await store.open(partition, {
    advanced: () => owner?.advanced(),
    rolledBack: () => owned().rolledBack(),
    producers: (through, cleanedThrough) => owned().producers(through, cleanedThrough),
    cleaned: (through) => owned().cleaned(through),
  });
  return {
    log,
    own(newOwner) {
      assert(!owner, "a log has one owner");
      owner = newOwner;
    },
  };
}
