// Making this broker known in the cluster log: the cluster's id when it is the first, and where clients find the broker.
import type { Random } from "@moldau/env";
import type { BrokerImage, Metadata } from "@moldau/metadata";
import { randomUuid } from "@moldau/std";

/** Gives a fresh cluster its id. */
export async function ensureCluster(metadata: Metadata, random: Random): Promise<void> {
  await metadata.propose((image) => ({
    events: image.clusterId === "" ? [{ type: "ClusterCreated", clusterId: randomUuid(random.bytes) }] : [],
    result: undefined,
  }));
}

export interface Registration {
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
  readonly rack: string | null;
}

/** Registers under the address that clients are told. Starting again at the same place changes nothing, so nothing is written. */
export async function registerBroker(metadata: Metadata, random: Random, { nodeId, host, port, rack }: Registration): Promise<void> {
  await metadata.propose((image) => {
    const known = image.broker(nodeId);
    if (known && sameAddress(known, { nodeId, host, port, rack })) return { events: [], result: undefined };
    const incarnation = randomUuid(random.bytes);
    const listeners = [{ name: "PLAINTEXT", host, port }];
    return { events: [{ type: "BrokerRegistered", brokerId: nodeId, host, port, rack, incarnation, listeners }], result: undefined };
  });
}

function sameAddress(known: BrokerImage, { host, port, rack }: Registration): boolean {
  return known.host === host && known.port === port && known.rack === rack;
}
