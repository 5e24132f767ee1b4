// One life of a broker: from a start to the kill that ends it. What the dead broker began never goes on: its timers don't fire, its
// disk doesn't answer, its connections are gone.
import { type RunningBroker, startBroker } from "@moldau/broker";
import type { Disk, Network } from "@moldau/env";
import { type Catalog, directoryBlobs } from "@moldau/storage";
import type { SeededRandom } from "../time/seeded-random.js";
import type { VirtualTime } from "../time/virtual-time.js";
import { mortalNetwork } from "./mortal-network.js";

export interface LifeOptions {
  readonly time: VirtualTime;
  readonly random: SeededRandom;
  readonly disk: Disk;
  readonly network: Network;
  readonly catalog: Catalog;
  readonly port: number;
  readonly limits: Parameters<typeof startBroker>[0]["limits"];
  readonly properties: ReadonlyMap<string, string>;
  readonly tell: (level: string, message: string, fields: object) => void;
}

export interface BrokerLife {
  /** Settles when the broker listens, or could not start. */
  readonly started: Promise<RunningBroker>;
  kill(): void;
}

export function beginLife(options: LifeOptions): BrokerLife {
  const { time, random, disk, port, catalog } = options;
  const timers = time.timers();
  const network = mortalNetwork(options.network);
  const say = (level: string) => (fields: object, message: string) => options.tell(level, message, fields);
  const started = startBroker({
    disk,
    network: network.network,
    clock: time.clock,
    random,
    timers,
    log: { debug: say("debug"), info: say("info"), warn: say("warn"), error: say("error") },
    listen: { host: "broker", port },
    dataDirectory: "/data",
    medium: { openCatalog: async () => catalog, openBlobs: async (directory) => directoryBlobs({ disk, directory }) },
    nodeId: 1,
    properties: options.properties,
    ...(options.limits && { limits: options.limits }),
    fatal: (error) => options.tell("fatal", error.message, { stack: error.stack }),
  });
  return {
    started,
    kill() {
      timers.end();
      network.end();
    },
  };
}
