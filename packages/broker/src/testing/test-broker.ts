// A real broker in the test's own process, on memory alone unless the test brings a disk and a network.
import {
  type Clock,
  type Connection,
  type Disk,
  memoryDisk,
  memoryNetwork,
  type Network,
  systemClock,
  systemRandom,
  systemTimers,
  type Timers,
} from "@moldau/env";
import { type Medium, memoryMedium } from "@moldau/storage";
import type { BrokerOptions } from "../broker-options.js";
import { type RunningBroker, startBroker } from "../start-broker.js";
import { type TestClient, testClient } from "./test-client.js";

export interface TestBrokerOptions {
  /** Kafka's configuration. */
  readonly properties?: Readonly<Record<string, string>>;
  readonly disk?: Disk;
  readonly medium?: Medium;
  readonly dataDirectory?: string;
  /** Any free one by default. */
  readonly port?: number;
  readonly clock?: Clock;
  readonly timers?: Timers;
  readonly limits?: NonNullable<BrokerOptions["limits"]>;
  /** A network of the test's own, and how to reach a port on it. */
  readonly network?: { readonly network: Network; connect(port: number): Connection };
}

export interface LogLine {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface TestBroker {
  readonly running: RunningBroker;
  readonly log: readonly LogLine[];
  /** Broken invariants; a test that is fine leaves none. */
  readonly fatal: readonly Error[];
  connect(): TestClient;
  /** The figure of a metric without labels. */
  metric(name: string): number;
  stop(): Promise<void>;
}

const MIB = 1024 * 1024;
/** A memory disk keeps what a real one would preallocate. */
const SMALL: NonNullable<BrokerOptions["limits"]> = { journalFileBytes: 8 * MIB, journalFiles: 4, slabBytes: 2 * MIB, slabs: 8 };

export async function testBroker(options: TestBrokerOptions = {}): Promise<TestBroker> {
  const { network, connect } = options.network ?? withinProcess();
  const log: LogLine[] = [];
  const fatal: Error[] = [];
  const say = (level: LogLine["level"]) => (fields: LogLine["fields"], message: string) => void log.push({ level, message, fields });
  const running = await startBroker({
    disk: options.disk ?? memoryDisk(),
    network,
    clock: options.clock ?? systemClock,
    random: systemRandom,
    timers: options.timers ?? systemTimers,
    log: { debug: say("debug"), info: say("info"), warn: say("warn"), error: say("error") },
    listen: { host: "127.0.0.1", port: options.port ?? 0 },
    dataDirectory: options.dataDirectory ?? "/data",
    medium: options.medium ?? memoryMedium(),
    nodeId: 1,
    properties: new Map(Object.entries(options.properties ?? {})),
    limits: { ...SMALL, ...options.limits },
    fatal: (error) => void fatal.push(error),
  });
  const clients = new Set<TestClient>();
  return {
    running,
    log,
    fatal,
    connect() {
      const client = testClient(connect(running.port));
      clients.add(client);
      void client.closed.then(() => clients.delete(client));
      return client;
    },
    metric(name) {
      const line = running
        .metrics()
        .split("\n")
        .find((text) => text.startsWith(`${name} `));
      return Number(line?.split(" ")[1] ?? Number.NaN);
    },
    async stop() {
      for (const client of clients) client.close();
      await running.stop({ drainMs: 0 });
    },
  };
}

function withinProcess() {
  const network = memoryNetwork();
  return { network, connect: (port: number) => network.connect({ host: "broker", port }) };
}
