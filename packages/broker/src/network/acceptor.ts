// Listens, and keeps the connections within their limits: how many in all, how many from one host, how long idle, how long in the way
// of others.
import type { Clock, Connection, ListenAddress, Network, Timers } from "@moldau/env";
import type { ConnectionLimits } from "@moldau/metadata";
import { type ClientConnection, type RequestHandler, serveConnection } from "./connection.js";
import type { FrameMemory } from "./frame-memory.js";

export interface AcceptorOptions {
  readonly network: Network;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly memory: FrameMemory;
  /** Asked at each use: the limits are dynamic configurations. */
  readonly limits: () => ConnectionLimits;
  readonly handle: RequestHandler;
  readonly complain: (peer: string, reason: string) => void;
}

export interface Acceptor {
  readonly host: string;
  readonly port: number;
  connectionCount(): number;
  /** Stops accepting, lets requests under way finish for `drainMs` at most, then closes everything. */
  close(drainMs: number): Promise<void>;
}

const SWEEP_MS = 5_000;
/** How long a peer may keep memory that others wait for: with a frame that does not arrive, or an answer it does not read. */
const STALLED_MS = 10_000;
/** Unsent answers of all connections from which on those that are not being read are a burden. */
const UNSENT_BURDEN_BYTES = 64 * 1024 * 1024;
const DRAIN_POLL_MS = 5;

export async function accept(address: ListenAddress, options: AcceptorOptions): Promise<Acceptor> {
  const { network, clock, timers, limits, complain } = options;
  const connections = new Set<ClientConnection>();
  const perHost = new Map<string, number>();
  let closing = false;

  const admit = (connection: Connection) => {
    const { maxConnections, maxConnectionsPerHost, maxConnectionsOfHost, maxFrameBytes } = limits();
    const fromHost = perHost.get(connection.peerHost) ?? 0;
    const mostFromHost = maxConnectionsOfHost.get(connection.peerHost) ?? maxConnectionsPerHost;
    if (closing || connections.size >= maxConnections || fromHost >= mostFromHost) {
      if (!closing) complain(connection.peer, "too many connections (max.connections, max.connections.per.ip)");
      connection.destroy();
      return;
    }
    perHost.set(connection.peerHost, fromHost + 1);
    const served = serveConnection(connection, {
      memory: options.memory,
      maxFrameBytes,
      handle: options.handle,
      complain,
      now: () => clock.monotonicMs(),
      closed() {
        connections.delete(served);
        const left = (perHost.get(connection.peerHost) ?? 1) - 1;
        if (left > 0) perHost.set(connection.peerHost, left);
        else perHost.delete(connection.peerHost);
      },
    });
    connections.add(served);
  };

  const listener = await network.listen(address, admit);

  /** Closes those silent for too long and, where memory is short, those who keep it without using it. */
  const sweep = () => {
    const nowMs = clock.monotonicMs();
    const oldestActive = nowMs - limits().maxIdleMs;
    const stalledSince = nowMs - STALLED_MS;
    const burdened = sum(connections, (connection) => connection.unsent().bytes) > UNSENT_BURDEN_BYTES;
    const contended = options.memory.contended();
    for (const connection of connections) {
      const { bytes, sinceMs } = connection.unsent();
      // Also when an answer is due: a peer that is gone is not always noticed while it is not read, and nobody waits that long.
      if (connection.lastActiveMs() < oldestActive) connection.close();
      else if (burdened && bytes > 0 && sinceMs < stalledSince) connection.close("it does not read its answers, and memory is short");
      else if (contended && (connection.receivingSinceMs() ?? nowMs) < stalledSince) {
        connection.close("its request does not arrive, and memory is short");
      }
    }
    if (!closing) timer = timers.after(SWEEP_MS, sweep);
  };
  let timer = timers.after(SWEEP_MS, sweep);

  const closeQuiet = () => {
    for (const connection of connections) if (!connection.handling() && connection.unsent().bytes === 0) connection.close();
  };

  return {
    host: listener.host,
    port: listener.port,
    connectionCount: () => connections.size,
    async close(drainMs) {
      closing = true;
      timer.cancel();
      await listener.close();
      const deadline = clock.monotonicMs() + drainMs;
      closeQuiet();
      while (connections.size > 0 && clock.monotonicMs() < deadline) {
        await new Promise<void>((resolve) => timers.after(DRAIN_POLL_MS, resolve));
        closeQuiet();
      }
      for (const connection of connections) connection.close();
    },
  };
}

function sum<T>(items: Iterable<T>, of: (item: T) => number): number {
  let total = 0;
  for (const item of items) total += of(item);
  return total;
}
