// A network within one process: for tests, and for the simulation, which decides when bytes arrive.
import { assert } from "@moldau/std";
import type { ByteSink, Connection, ListenAddress, Listener, Network } from "./network.js";

export interface MemoryNetwork extends Network {
  /** A connection to whoever listens there; throws when nobody does. */
  connect(address: ListenAddress): Connection;
}

/** `deliver` runs an action later: in order, but when is its own affair. */
export function memoryNetwork(deliver: (action: () => void) => void = queueMicrotask): MemoryNetwork {
  const listening = new Map<number, (connection: Connection) => void>();
  let nextPort = 30_000;
  let nextClient = 1;

  return {
    async listen({ host, port }, accept): Promise<Listener> {
      const bound = port === 0 ? nextPort++ : port;
      if (listening.has(bound)) throw Object.assign(new Error(`port ${bound} is in use`), { code: "EADDRINUSE" });
      listening.set(bound, accept);
      return {
        host,
        port: bound,
        close: async () => void listening.delete(bound),
      };
    },
    connect({ port }) {
      const accept = listening.get(port);
      if (!accept) throw Object.assign(new Error(`nobody listens on port ${port}`), { code: "ECONNREFUSED" });
      const client = end(`broker:${port}`, deliver);
      const server = end(`client:${nextClient++}`, deliver);
      client.join(server);
      server.join(client);
      deliver(() => accept(server.connection));
      return client.connection;
    },
  };
}

interface Message {
  parts: readonly Uint8Array[];
  flushed: () => void;
}

interface End {
  readonly connection: Connection;
  join(other: End): void;
  arrive(message: Message): void;
  /** The other end closes: its memory is free from now on, so what it sent and nobody has read is copied, as a kernel does. */
  keep(): void;
  /** The other end closed: what it sent before is still read. */
  hangUp(): void;
}

function end(peer: string, deliver: (action: () => void) => void): End {
  const inbox: Message[] = [];
  let other: End | undefined;
  let sink: ByteSink | undefined;
  let paused = false;
  let over = false;
  let hungUp = false;

  const drain = () => {
    while (sink && !paused && !over) {
      const message = inbox[0];
      if (!message) break;
      if (give(message, sink)) {
        inbox.shift();
        message.flushed();
      }
    }
    if (hungUp && !over && inbox.length === 0) close();
  };
  let part = 0;
  let offset = 0;
  /** Gives bytes until the reader pauses; true when the message is read to its end. */
  const give = ({ parts }: Message, to: ByteSink): boolean => {
    while (!paused && !over) {
      const bytes = parts[part]?.subarray(offset);
      if (!bytes) {
        part = 0;
        return true;
      }
      const space = to.space();
      const count = Math.min(space.length, bytes.length);
      space.set(bytes.subarray(0, count));
      offset += count;
      if (count === bytes.length) {
        part++;
        offset = 0;
      }
      if (count > 0) to.received(count);
    }
    return false;
  };
  const close = () => {
    if (over) return;
    over = true;
    for (const message of inbox.splice(0)) message.flushed();
    other?.keep();
    deliver(() => other?.hangUp());
    sink?.closed(undefined);
  };

  const connection: Connection = {
    peer,
    peerHost: peer.split(":")[0] ?? peer,
    open(to) {
      sink = to;
      deliver(drain);
    },
    write(parts, flushed) {
      assert(other, "the connection has two ends");
      if (over || hungUp) flushed();
      else other.arrive({ parts, flushed });
    },
    pause() {
      paused = true;
    },
    resume() {
      paused = false;
      deliver(drain);
    },
    end: () => deliver(close),
    destroy: () => deliver(close),
  };
  return {
    connection,
    join(end) {
      other = end;
    },
    arrive(message) {
      if (over) return message.flushed();
      inbox.push(message);
      deliver(drain);
    },
    keep() {
      for (const message of inbox) {
        const { flushed } = message;
        message.parts = message.parts.map((bytes) => new Uint8Array(bytes));
        message.flushed = () => {};
        flushed();
      }
    },
    hangUp() {
      hungUp = true;
      deliver(drain);
    },
  };
}
