// A whole broker in the test's own process, on a port of its own: on memory alone unless the test names a directory.

import { startBroker as start } from "@moldau/broker";
import { memoryDisk, nodeDisk, nodeNetwork, systemClock, systemRandom, systemTimers } from "@moldau/env";
import { localMedium, memoryMedium } from "@moldau/storage";

export interface StartOptions {
  /** Kafka's broker configuration, by name. */
  readonly properties?: Readonly<Record<string, string>>;
  /** Where to keep data; absent: in memory, and gone with the broker. */
  readonly directory?: string;
  /** Any free one by default. */
  readonly port?: number;
}

export interface BrokerInTest {
  /** "host:port", for clients. */
  readonly bootstrap: string;
  /** Stops the broker; clients lose their connections. Idempotent. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const HOST = "127.0.0.1";
const MIB = 1024 * 1024;
/** A memory disk keeps what a real one would preallocate. */
const SMALL = { journalFileBytes: 8 * MIB, journalFiles: 4, slabBytes: 2 * MIB, slabs: 8 };

/** Resolves when the broker answers clients. Rejects when it cannot start: the port is taken, the directory is in use. */
export async function startBroker({ properties = {}, directory, port = 0 }: StartOptions = {}): Promise<BrokerInTest> {
  const disk = directory === undefined ? memoryDisk() : nodeDisk();
  const silent = () => {};
  const running = await start({
    disk,
    network: nodeNetwork(),
    clock: systemClock,
    random: systemRandom,
    timers: systemTimers,
    log: { debug: silent, info: silent, warn: silent, error: silent },
    listen: { host: HOST, port },
    dataDirectory: directory ?? "/data",
    medium: directory === undefined ? memoryMedium() : localMedium({ disk, timers: systemTimers }),
    nodeId: 1,
    properties: new Map(Object.entries(properties)),
    ...(directory === undefined && { limits: SMALL }),
    fatal(error) {
      throw error;
    },
  });
  const stop = () => running.stop({ drainMs: 0 });
  return { bootstrap: `${HOST}:${running.port}`, stop, [Symbol.asyncDispose]: stop };
}
