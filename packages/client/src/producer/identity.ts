// The id that an idempotent producer numbers its records under.
import { InitProducerId } from "@moldau/protocol";
import type { Cluster } from "../cluster/cluster.js";
import { throwIf } from "../errors.js";
import type { Identity } from "./numbering.js";

/** What any broker gives to a producer without transactional id. Tries for as long as `withinMs`. Rejects with ClientError. */
export function newIdentity(cluster: Cluster, withinMs: number): Promise<Identity> {
  return cluster.retrying({ withinMs }, async () => {
    const { errorCode, producerId, producerEpoch } = await cluster.ask(InitProducerId, { transactionalId: null, transactionTimeoutMs: -1 });
    throwIf(errorCode);
    return { producerId, producerEpoch };
  });
}
