// The network of Node. Reads go straight from the kernel into memory the sink names, which `net.Socket` offers through its `onread`
// option; for an accepted connection that needs the handle of a paused socket (`_handle`, not public). Where a Node has no such
// handle, `data` events and one copy serve instead.
import { createServer, type OnReadOpts, Socket } from "node:net";
import type { ByteSink, Connection, ListenAddress, Listener, Network } from "./network.js";

export function nodeNetwork(): Network {
  return { listen };
}

async function listen(address: ListenAddress, accept: (connection: Connection) => void): Promise<Listener> {
  const server = createServer({ pauseOnConnect: true, noDelay: true, keepAlive: true }, (socket) => accept(connectionOf(socket)));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host: address.host, port: address.port, backlog: 1024 }, () => {
      server.off("error", reject);
      resolve();
    });
  });
  // Accepting can fail for a while (no file descriptors left); the server goes on when it can.
  server.on("error", () => {});
  const bound = server.address();
  const port = typeof bound === "object" && bound !== null ? bound.port : address.port;
  return {
    host: address.host,
    port,
    // Resolves at once: `server.close` would wait for the connections, which their owner closes.
    close: async () => void server.close(),
  };
}

function connectionOf(accepted: Socket): Connection {
  const peerHost = accepted.remoteAddress ?? "unknown";
  const peer = `${peerHost}:${accepted.remotePort ?? 0}`;
  let socket = accepted;
  // Parts handed to the kernel, in order, whose owners wait to hear that they are free.
  let unflushed: (() => void)[] = [];

  const releaseAll = () => {
    const waiting = unflushed;
    unflushed = [];
    for (const flushed of waiting) flushed();
  };

  return {
    peer,
    peerHost,
    open(sink: ByteSink) {
      socket = attach(accepted, sink);
      let failure: Error | undefined;
      socket.on("error", (error) => {
        failure = error;
      });
      socket.on("end", () => socket.destroy());
      socket.on("close", () => {
        releaseAll();
        sink.closed(failure);
      });
    },
    write(parts, flushed) {
      if (socket.destroyed || !socket.writable) return flushed();
      unflushed.push(flushed);
      const done = () => {
        // Writes complete in order, so this one is the first; after a close `releaseAll` was quicker.
        if (unflushed[0] === flushed) unflushed.shift();
        else return;
        flushed();
      };
      const last = parts.length - 1;
      if (last > 0) socket.cork();
      for (let i = 0; i <= last; i++) socket.write(parts[i] as Uint8Array, i === last ? done : undefined);
      if (last > 0) socket.uncork();
    },
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    end: () => void socket.end(),
    destroy: () => void socket.destroy(),
  };
}

function attach(accepted: Socket, sink: ByteSink): Socket {
  const handle = (accepted as unknown as { _handle?: object | null })._handle;
  if (!handle) return attachByEvents(accepted, sink);
  const onread: OnReadOpts = {
    buffer: () => sink.space(),
    callback: (count) => {
      sink.received(count);
      return true;
    },
  };
  const socket = new Socket({ handle, onread } as object);
  socket.setNoDelay(true);
  socket.resume();
  return socket;
}

function attachByEvents(socket: Socket, sink: ByteSink): Socket {
  socket.on("data", (bytes: Uint8Array) => {
    for (let taken = 0; taken < bytes.length; ) {
      const space = sink.space();
      const count = Math.min(space.length, bytes.length - taken);
      space.set(bytes.subarray(taken, taken + count));
      sink.received(count);
      taken += count;
    }
  });
  socket.resume();
  return socket;
}
