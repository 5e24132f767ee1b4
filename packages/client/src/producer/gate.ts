// What stands between a partition's batches and their leader: an id to number them under, and for a transaction its own rules.

import type { Cluster } from "../cluster/cluster.js";
import type { ClientError } from "../errors.js";
import { newIdentity } from "./identity.js";
import type { Identity } from "./numbering.js";
import type { ProducerSettings } from "./options.js";
import type { Slot } from "./slot.js";

export interface Gate {
  /** Whether batches of the partition may go now; if not, the partition is woken when they may. */
  admits(slot: Slot): boolean;
  /** The highest version of Produce that may be spoken. */
  maxVersion(): number | undefined;
  /** Whether a batch that came back may be sent again. */
  mayRetry(): boolean;
  /** Records were given up; `wasSent` when they had numbers. */
  lost(error: ClientError, wasSent: boolean): void;
}

/** What a gate does to the pipeline behind it. */
export interface Behind {
  readonly cluster: Cluster;
  readonly settings: ProducerSettings;
  /** The partition's batches may go now. */
  wake(slot: Slot): void;
  /** Gives up what waits in the partition. */
  giveUp(slot: Slot, error: unknown): void;
}

/** Nothing to ask for. */
export const openGate = (): Gate => ({ admits: () => true, maxVersion: () => undefined, mayRetry: () => true, lost: () => {} });

/** Partitions get their producer id when they first need one, and another when that is used up. */
export function idempotentGate({ cluster, settings, wake, giveUp }: Behind): Gate {
  let identity: Identity | undefined;
  let asking = false;
  const waiting = new Set<Slot>();

  const ask = async () => {
    asking = true;
    let tell = wake;
    try {
      identity = await newIdentity(cluster, settings.deliveryTimeoutMs);
    } catch (error) {
      tell = (slot) => giveUp(slot, error);
    }
    asking = false;
    const those = [...waiting];
    waiting.clear();
    for (const slot of those) tell(slot);
  };
  return {
    ...openGate(),
    admits(slot) {
      if (!slot.queue.needsIdentity) return true;
      if (identity && identity.producerId !== slot.queue.usedUpProducerId) {
        slot.queue.adopt(identity);
        return true;
      }
      waiting.add(slot);
      if (!asking) void ask();
      return false;
    },
  };
}
