// A connection that speaks the Kafka protocol with what @moldau/protocol declares: many requests in flight, answers by correlation id.
import { once } from "node:events";
import { connect } from "node:net";
import { decodeResponse, decodeResponseHeader, encodeRequestFrame } from "@moldau/protocol";

/**
 * @typedef {import("@moldau/protocol").Api} Api
 * @typedef {object} Connection
 * @property {<A extends Api>(api: A, version: number, request: import("@moldau/protocol").RequestInput<A>) =>
 *   Promise<import("@moldau/protocol").ResponseOf<A>>} call  rejects when the connection ends first
 * @property {() => void} close
 */

const SIZE_BYTES = 4;

/** Cuts a stream of bytes into frames, without their sizes. @param {(frame: Buffer) => void} onFrame */
function frameReader(onFrame) {
  /** @type {Buffer} */
  let rest = Buffer.alloc(0);
  return (/** @type {Buffer} */ chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let position = 0;
    while (rest.length - position >= SIZE_BYTES) {
      const end = position + SIZE_BYTES + rest.readInt32BE(position);
      if (end > rest.length) break;
      onFrame(rest.subarray(position + SIZE_BYTES, end));
      position = end;
    }
    rest = rest.subarray(position);
  };
}

/** @param {string} address host:port @returns {Promise<Connection>} */
export async function openConnection(address) {
  const [, host = "", port] = address.match(/^(.*):(\d+)$/) ?? [];
  const socket = connect({ host, port: Number(port), noDelay: true });
  await once(socket, "connect");
  /** @type {Map<number, { answered: (frame: Buffer) => void, lost: (error: Error) => void }>} */
  const waiting = new Map();
  let correlationId = 0;
  const read = frameReader((frame) => {
    const id = frame.readInt32BE(0);
    waiting.get(id)?.answered(frame);
    waiting.delete(id);
  });
  socket.on("data", read);
  socket.on("error", () => {}); // "close" follows
  socket.once("close", () => {
    for (const { lost } of waiting.values()) lost(new Error(`${address} closed the connection`));
    waiting.clear();
  });
  return {
    call: (api, version, request) =>
      new Promise((resolve, reject) => {
        const id = correlationId++;
        const answered = (/** @type {Buffer} */ frame) => {
          const { bodyPosition } = decodeResponseHeader(api, version, frame);
          resolve(decodeResponse(api, version, frame, bodyPosition));
        };
        waiting.set(id, { answered, lost: reject });
        for (const part of encodeRequestFrame(api, version, { correlationId: id, clientId: "bench" }, request)) socket.write(part);
      }),
    close: () => socket.destroy(),
  };
}
