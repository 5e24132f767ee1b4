// A client's connection: requests go out as they are made, answers come in that order, or are lost with the connection.
import { connect as connectSocket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { decodeResponse, decodeResponseHeader, encodeRequestFrame } from "@moldau/protocol";

export class ConnectionLost extends Error {}

const SIZE_BYTES = 4;

/** Connects or throws ConnectionLost. */
export function connect(port) {
  return new Promise((resolve, reject) => {
    const socket = connectSocket({ host: "127.0.0.1", port, noDelay: true });
    socket.once("error", (error) => reject(new ConnectionLost(error.message)));
    socket.once("connect", () => resolve(overSocket(socket)));
  });
}

/** Tries until somebody listens; throws ConnectionLost after timeoutMs, or once `stopped` says so. */
export async function connectSoon(port, { timeoutMs = 15_000, stopped = () => false } = {}) {
  for (const deadline = Date.now() + timeoutMs; ; ) {
    try {
      return await connect(port);
    } catch (error) {
      if (stopped() || Date.now() > deadline) throw error;
      await sleep(3);
    }
  }
}

function overSocket(socket) {
  const waiting = new Map();
  let nextId = 1;
  let lost;
  const lose = (error) => {
    lost ??= new ConnectionLost(error?.message ?? "the connection was closed");
    for (const { reject } of waiting.values()) reject(lost);
    waiting.clear();
  };
  socket.on("error", lose);
  socket.on("close", () => lose());
  socket.on(
    "data",
    frames((frame) => {
      const correlationId = frame.readInt32BE(0);
      const { api, version, resolve } = waiting.get(correlationId) ?? {};
      if (!api) throw new Error(`an answer to request ${correlationId}, which was never made`);
      waiting.delete(correlationId);
      resolve(decodeResponse(api, version, frame, decodeResponseHeader(api, version, frame).bodyPosition));
    }),
  );
  return {
    request(api, version, body) {
      if (lost) return Promise.reject(lost);
      const correlationId = nextId++;
      const answer = new Promise((resolve, reject) => waiting.set(correlationId, { api, version, resolve, reject }));
      socket.cork();
      for (const part of encodeRequestFrame(api, version, { correlationId, clientId: "durability" }, body)) socket.write(part);
      socket.uncork();
      return answer;
    },
    /** Our end, as HOST:PORT. */
    address: `${socket.localAddress}:${socket.localPort}`,
    isOpen: () => !lost,
    close: () => socket.destroy(),
  };
}

/** Cuts a stream into frames without their sizes. */
function frames(heard) {
  let chunks = [];
  let length = 0;
  return (chunk) => {
    chunks.push(chunk);
    length += chunk.length;
    while (length >= SIZE_BYTES) {
      if (chunks[0].length < SIZE_BYTES) chunks = [Buffer.concat(chunks)];
      const end = SIZE_BYTES + chunks[0].readInt32BE(0);
      if (length < end) return;
      const all = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
      heard(all.subarray(SIZE_BYTES, end));
      chunks = end < all.length ? [all.subarray(end)] : [];
      length -= end;
    }
  };
}
