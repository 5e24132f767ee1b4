// What the transactions machine may know of the broker: the time, the configurations, new producer ids.
import type { TransactionsWorld } from "@moldau/coordinators";
import type { Clock } from "@moldau/env";
import { type LocalBroker, type Metadata, transactionsConfig } from "@moldau/metadata";
import { TRANSACTION_VERSION } from "../features.js";
import type { ProducerIds } from "../partitions/producer-ids.js";

/** Gives the world as of the moment of the call. */
export function transactionsWorld(metadata: Metadata, local: LocalBroker, clock: Clock, producerIds: ProducerIds): () => TransactionsWorld {
  const newProducerId = producerIds.atHand;
  return () => {
    const config = { ...transactionsConfig(local, metadata.image), transactionVersion: TRANSACTION_VERSION } as const;
    return { now: clock.now(), config, newProducerId };
  };
}
