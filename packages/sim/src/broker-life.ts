// One life of a broker: from a start to the kill that ends it. What the dead broker began never goes on: its timers don't fire, its disk
// doesn't answer, its connections are gone.
import { type RunningBroker, startBroker } from "@moldau/broker";
import type { Connection, Disk, Network } from "@moldau/env";
import { directoryBlobs, type Medium } from "@moldau/storage";
import type { SeededRandom } from "./seeded-random.js";
import type { VirtualTime } from "./virtual-time.js";

export interface LifeOptions {
  readonly time: VirtualTime;
  readonly random: SeededRandom;
  readonly disk: Disk;
  readonly network: Network;
  readonly openCatalog: Medium["openCatalog"];
  readonly port: number;
  readonly properties: ReadonlyMap<string, string>;
  readonly limits: Parameters<typeof startBroker>[0]["limits"];
  readonly tell: (level: string, message: string, fields: object) => void;
}

export interface BrokerLife {
  /** Settles when the broker listens, or could not start. */
  readonly started: Promise<RunningBroker>;
  kill(): void;
}

export function beginLife(options: LifeOptions): BrokerLife {
  const { time, random, disk, port } = options;
  const timers = time.timers();
  const network = mortalNetwork(options.network);
  const say = (level: string) => (fields: object, message: string) => options.tell(level, message, fields);
  const started = startBroker({
    disk,
    network: network.port,
    clock: time.clock,
    random,
    timers,
    log: { debug: say("debug"), info: say("info"), warn: say("warn"), error: say("error") },
    listen: { host: "broker", port },
    dataDirectory: "/data",
    medium: { openCatalog: options.openCatalog, openBlobs: (directory) => directoryBlobs({ disk, directory }) },
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

/** A network whose user can be cut off: the peers see their connections close. */
function mortalNetwork(network: Network): { readonly port: Network; end(): void } {
  const connections = new Set<Connection>();
  let ended = false;
  let stopListening = () => {};
  const mortal = (connection: Connection): Connection => ({
    ...connection,
    open(sink) {
      connection.open({
        space: () => sink.space(),
        received: (count) => (ended ? undefined : sink.received(count)),
        closed(error) {
          connections.delete(connection);
          if (!ended) sink.closed(error);
        },
      });
    },
    write: (parts, flushed) => (ended ? undefined : connection.write(parts, () => (ended ? undefined : flushed()))),
  });
  return {
    port: {
      async listen(address, accept) {
        const listener = await network.listen(address, (connection) => {
          connections.add(connection);
          accept(mortal(connection));
        });
        stopListening = () => void listener.close();
        return listener;
      },
    },
    end() {
      ended = true;
      stopListening();
      for (const connection of connections) connection.destroy();
    },
  };
}
