// Connects to others over TCP, or TLS over it.
import { connect, isIP, type OnReadOpts, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { assert } from "@moldau/std";
import type { ByteSink, DialAddress, Dialer } from "./network.js";
import { byEvents, connectionOver, copyInto } from "./node-connection.js";

const FIRST_READ_BYTES = 16 * 1024;

export function nodeDialer(): Dialer {
  return {
    async dial(address) {
      if (address.tls) return connectionOver(await established(encrypted(address), "secureConnect", address), byEvents);
      const { socket, attach } = plain(address);
      return connectionOver(await established(socket, "connect", address), attach);
    },
  };
}

/**
 * Reads go straight into the sink's memory, but the first: Node asks for its memory when there is no sink yet. Servers of this protocol
 * wait to be asked, so nothing comes before there is one.
 */
function plain({ host, port }: DialAddress) {
  const first = new Uint8Array(FIRST_READ_BYTES);
  let isFirst = true;
  let sink: ByteSink | undefined;
  const onread: OnReadOpts = {
    buffer: () => sink?.space() ?? first,
    callback(count) {
      assert(sink, "bytes came over a connection that was not opened");
      if (isFirst) copyInto(sink, first.subarray(0, count));
      else sink.received(count);
      isFirst = false;
      return true;
    },
  };
  const socket = connect({ host, port, onread, noDelay: true, keepAlive: true });
  const attach = (same: Socket, to: ByteSink) => {
    sink = to;
    return same;
  };
  return { socket, attach };
}

function encrypted({ host, port, tls }: DialAddress): Socket {
  const { ca, cert, key, ...options } = tls ?? {};
  const bytes = (text: string | Uint8Array) => (typeof text === "string" ? text : Buffer.from(text));
  const socket = connectTls({
    host,
    port,
    ...(isIP(host) === 0 && { servername: host }),
    ...options,
    ...(ca !== undefined && { ca: (Array.isArray(ca) ? ca : [ca]).map(bytes) }),
    ...(cert !== undefined && { cert: bytes(cert) }),
    ...(key !== undefined && { key: bytes(key) }),
  });
  socket.setNoDelay(true);
  return socket;
}

function established(socket: Socket, event: "connect" | "secureConnect", { host, port, timeoutMs }: DialAddress): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      socket.destroy();
      reject(Object.assign(new Error(`no connection to ${host}:${port} within ${timeoutMs} ms`), { code: "ETIMEDOUT" }));
    }, timeoutMs);
    const failed = (error: Error) => {
      clearTimeout(timer);
      reject(error);
    };
    socket.once("error", failed);
    socket.once(event, () => {
      clearTimeout(timer);
      socket.off("error", failed);
      resolve(socket);
    });
  });
}
