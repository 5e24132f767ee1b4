// The id that an idempotent producer numbers its records under: asked for when first needed.
import { InitProducerId } from "@moldau/protocol";
import type { Cluster } from "../cluster/cluster.js";
import { throwIf } from "../errors.js";
import type { Identity } from "./numbering.js";
import type { Slot } from "./slot.js";

/** What any broker gives to a producer without transactional id. Tries for as long as `withinMs`. Rejects with ClientError. */
function newIdentity(cluster: Cluster, withinMs: number): Promise<Identity> {
  return cluster.retrying({ withinMs }, async () => {
    const { errorCode, producerId, producerEpoch } = await cluster.ask(InitProducerId, { transactionalId: null, transactionTimeoutMs: -1 });
    throwIf(errorCode);
    return { producerId, producerEpoch };
  });
}

/**
 * Sees to it that partitions have their id: true when the one given has it. Else it is asked for; `ready` is told when there is
 * one, `failed` when there is none within the time.
 */
export function identityKeeper(
  cluster: Cluster,
  withinMs: number,
  ready: (slot: Slot) => void,
  failed: (slot: Slot, error: unknown) => void,
): (slot: Slot) => boolean {
  let identity: Identity | undefined;
  let asking = false;
  const waiting = new Set<Slot>();

  const ask = async () => {
    asking = true;
    let told = ready;
    try {
      identity = await newIdentity(cluster, withinMs);
    } catch (error) {
      told = (slot) => failed(slot, error);
    }
    asking = false;
    const those = [...waiting];
    waiting.clear();
    for (const slot of those) told(slot);
  };
  return (slot) => {
    if (!slot.queue.needsIdentity) return true;
    if (identity && identity.producerId !== slot.queue.usedUpProducerId) {
      slot.queue.adopt(identity);
      return true;
    }
    waiting.add(slot);
    if (!asking) void ask();
    return false;
  };
}
