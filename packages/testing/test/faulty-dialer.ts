// Connections that break on purpose: before an answer that was on its way is read, so that nobody knows whether the request was done.
import { type Connection, type Dialer, nodeDialer } from "@moldau/env";

export interface FaultyDialer extends Dialer {
  /** Breaks a connection instead of reading from it, each time that this says so. */
  breaks: () => boolean;
  /** Connections are made, and nothing ever comes back over them. */
  silent: boolean;
  /** Breaks all connections. */
  breakAll(): void;
  readonly broken: number;
}

export function faultyDialer(): FaultyDialer {
  const dialer = nodeDialer();
  const open = new Set<Connection>();
  let broken = 0;
  const faulty: FaultyDialer = {
    breaks: () => false,
    silent: false,
    get broken() {
      return broken;
    },
    breakAll() {
      for (const connection of open) connection.destroy();
    },
    async dial(address) {
      const connection = await dialer.dial(address);
      open.add(connection);
      return {
        ...connection,
        open(sink) {
          let dead = false;
          connection.open({
            space: () => sink.space(),
            received(count) {
              if (dead || faulty.silent) return;
              if (!faulty.breaks()) return sink.received(count);
              dead = true;
              broken++;
              connection.destroy();
            },
            closed(error) {
              open.delete(connection);
              sink.closed(error);
            },
          });
        },
      };
    },
  };
  return faulty;
}
