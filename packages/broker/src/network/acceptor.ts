// Listens, and keeps the connections within their limits: how many in all, how many from one host, how long idle.
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

const IDLE_SWEEP_MS = 5_000;
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

  const sweep = () => {
    const oldest = clock.monotonicMs() - limits().maxIdleMs;
    for (const connection of connections) {
      if (!connection.busy() && connection.lastActiveMs() < oldest) connection.close();
    }
    if (!closing) timer = timers.after(IDLE_SWEEP_MS, sweep);
  };
  let timer = timers.after(IDLE_SWEEP_MS, sweep);

  return {
    host: listener.host,
    port: listener.port,
    connectionCount: () => connections.size,
    async close(drainMs) {
      closing = true;
      timer.cancel();
      await listener.close();
      const deadline = clock.monotonicMs() + drainMs;
      for (const connection of connections) if (!connection.busy()) connection.close();
      while (connections.size > 0 && clock.monotonicMs() < deadline) {
        await new Promise<void>((resolve) => timers.after(DRAIN_POLL_MS, resolve));
        for (const connection of connections) if (!connection.busy()) connection.close();
      }
      for (const connection of connections) connection.close();
    },
  };
}
