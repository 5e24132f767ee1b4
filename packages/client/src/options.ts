// What every client is made with: where the cluster is, how to speak to it, and how patient to be.
import {
  type Clock,
  type Dialer,
  type DialTls,
  nodeDialer,
  type Random,
  systemClock,
  systemRandom,
  systemTimers,
  type Timers,
} from "@moldau/env";
import { ClientError } from "./errors.js";

export interface ClientOptions {
  /** "host:port", or several: any that answers tells of the others. */
  readonly bootstrap: string | readonly string[];
  /** Names the program in the brokers' logs and quotas. */
  readonly clientId?: string;
  /** True for TLS with the system's certificates. */
  readonly tls?: boolean | DialTls;
  readonly connectTimeoutMs?: number;
  /** How long one request may take. */
  readonly requestTimeoutMs?: number;
  /** Pause before the second try; it doubles with each further one, give or take a fifth. */
  readonly retryBackoffMs?: number;
  readonly retryBackoffMaxMs?: number;
  /** Metadata older than this is asked for again. */
  readonly metadataMaxAgeMs?: number;
  /** What the client lives in: for tests and simulation. */
  readonly world?: Partial<World>;
}

/** Where time, chance and connections come from. */
export interface World {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly dialer: Dialer;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Options with nothing left open. */
export interface Settings {
  readonly bootstrap: readonly Address[];
  readonly clientId: string;
  readonly tls: DialTls | undefined;
  readonly connectTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly retryBackoffMs: number;
  readonly retryBackoffMaxMs: number;
  readonly metadataMaxAgeMs: number;
  readonly world: World;
}

/** Throws ClientError INVALID_ARGUMENT. */
export function settingsOf(options: ClientOptions): Settings {
  const { bootstrap, tls, world, ...rest } = options;
  const addresses = (typeof bootstrap === "string" ? bootstrap.split(",") : bootstrap).map((text) => addressOf(text.trim()));
  if (addresses.length === 0) throw new ClientError("INVALID_ARGUMENT", "bootstrap names no broker: give at least one host:port");
  return {
    clientId: "moldau",
    connectTimeoutMs: 10_000,
    requestTimeoutMs: 30_000,
    retryBackoffMs: 100,
    retryBackoffMaxMs: 1_000,
    metadataMaxAgeMs: 300_000,
    ...rest,
    bootstrap: addresses,
    tls: tls === true ? {} : tls || undefined,
    world: { clock: systemClock, timers: systemTimers, random: systemRandom, dialer: world?.dialer ?? nodeDialer(), ...world },
  };
}

const DEFAULT_PORT = 9092;

/** "host", "host:port" or "[address]:port". */
function addressOf(text: string): Address {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d+))?$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const number = port === undefined ? DEFAULT_PORT : Number(port);
  if (!host || number < 1 || number > 65_535) throw new ClientError("INVALID_ARGUMENT", `"${text}" is no host:port`);
  return { host, port: number };
}
