// What a broker is started with: the world it runs in, where it listens and keeps its data, and its configuration.
import type { Clock, Disk, HostFigures, ListenAddress, Network, Random, Timers } from "@moldau/env";
import type { LocalBroker } from "@moldau/metadata";
import type { DirectoryLimits, Medium } from "@moldau/storage";
import type { Logger } from "./logger.js";

export interface BrokerOptions {
  readonly disk: Disk;
  readonly network: Network;
  readonly clock: Clock;
  readonly random: Random;
  readonly timers: Timers;
  readonly log: Logger;
  readonly listen: ListenAddress;
  /** What clients are told to connect to; the address listened on unless given. */
  readonly advertise?: ListenAddress;
  readonly dataDirectory: string;
  /** Where catalog and segments lie. */
  readonly medium: Medium;
  readonly nodeId: number;
  readonly rack?: string;
  /** Kafka's configuration names and values, as from server.properties. */
  readonly properties: ReadonlyMap<string, string>;
  /** Bounds of storage other than the defaults. */
  readonly limits?: Partial<DirectoryLimits>;
  /** How the process fares, for metrics. */
  readonly host?: () => HostFigures;
  /** An invariant is broken: the broker must end before it acknowledges something false. */
  readonly fatal: (error: Error) => void;
}

/** This broker as configurations see it: what was given as options is configuration too, for those who ask for it. */
export function localBroker({ properties, nodeId, listen, advertise, rack, dataDirectory }: BrokerOptions): LocalBroker {
  const url = ({ host, port }: ListenAddress) => `PLAINTEXT://${host}:${port}`;
  const given: [string, string | undefined][] = [
    ["node.id", String(nodeId)],
    ["listeners", url(listen)],
    ["broker.id", String(nodeId)],
    ["advertised.listeners", url(advertise ?? listen)],
    ["broker.rack", rack],
    ["log.dirs", dataDirectory],
  ];
  const named = given.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  return { nodeId, properties: new Map([...properties, ...named]) };
}
