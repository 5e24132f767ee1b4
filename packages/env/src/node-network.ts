// The network of Node. Reads go straight from the kernel into memory the sink names, which `net.Socket` offers through its `onread`
// option; for an accepted connection that needs the handle of a paused socket (`_handle`, not public). Where a Node has no such
// handle, `data` events and one copy serve instead.
import { createServer, type OnReadOpts, Socket } from "node:net";
import type { ByteSink, Connection, ListenAddress, Listener, Network } from "./network.js";
import { byEvents, connectionOver } from "./node-connection.js";

export function nodeNetwork(): Network {
  return { listen };
}

async function listen(address: ListenAddress, accept: (connection: Connection) => void): Promise<Listener> {
  const server = createServer({ pauseOnConnect: true, noDelay: true, keepAlive: true }, (socket) => accept(connectionOver(socket, attach)));
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

function attach(accepted: Socket, sink: ByteSink): Socket {
  const handle = (accepted as unknown as { _handle?: object | null })._handle;
  if (!handle) return byEvents(accepted, sink);
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
