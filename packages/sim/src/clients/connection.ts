// A client's connection to the simulated broker: requests are answered in order or lost with it.
import type { Connection, MemoryNetwork } from "@moldau/env";
import { type Api, decodeResponse, decodeResponseHeader, encodeRequestFrame, type RequestInput, type ResponseOf } from "@moldau/protocol";

export interface ClientConnection {
  /** Rejects with ConnectionLost when no answer will come. */
  request<A extends Api>(api: A, version: number, request: RequestInput<A>): Promise<ResponseOf<A>>;
  isOpen(): boolean;
  close(): void;
}

export class ConnectionLost extends Error {
  override readonly name = "ConnectionLost";
}

interface Waiting {
  readonly api: Api;
  readonly version: number;
  readonly correlationId: number;
  answer(response: unknown): void;
  lost(): void;
}

/** Made once: while a broker is down it is thrown all the time, and an error's stack is costly. */
const NOBODY_LISTENS = new ConnectionLost("nobody listens");
const LENGTH_BYTES = 4;
const RECEIVE_BYTES = 16 * 1024;

/** Throws ConnectionLost when nobody listens. */
export function connectTo(network: MemoryNetwork, port: number, clientId: string): ClientConnection {
  const connection = dial(network, port);
  const waiting: Waiting[] = [];
  let nextCorrelationId = 1;
  let open = true;
  // Whole frames leave, what is left of the next one moves to the front.
  let received = Buffer.allocUnsafe(RECEIVE_BYTES);
  let filled = 0;

  const answer = (frame: Buffer) => {
    const first = waiting.shift();
    if (!first) throw new Error("an answer that nobody asked for");
    const { correlationId, bodyPosition } = decodeResponseHeader(first.api, first.version, frame);
    if (correlationId !== first.correlationId) throw new Error(`answer ${correlationId} came where ${first.correlationId} was due`);
    first.answer(decodeResponse(first.api, first.version, frame, bodyPosition));
  };

  connection.open({
    space() {
      if (filled === received.length) received = Buffer.concat([received], received.length * 2);
      return received.subarray(filled);
    },
    received(count) {
      filled += count;
      let start = 0;
      while (filled - start >= LENGTH_BYTES) {
        const end = start + LENGTH_BYTES + received.readInt32BE(start);
        if (end > filled) break;
        // A copy: whoever gets the answer keeps it.
        answer(Buffer.from(received.subarray(start + LENGTH_BYTES, end)));
        start = end;
      }
      received.copyWithin(0, start, filled);
      filled -= start;
    },
    closed() {
      open = false;
      for (const { lost } of waiting.splice(0)) lost();
    },
  });

  return {
    isOpen: () => open,
    close: () => connection.destroy(),
    request: (api, version, request) =>
      new Promise((resolve, reject) => {
        if (!open) return reject(new ConnectionLost("the connection is closed"));
        const correlationId = nextCorrelationId++;
        waiting.push({
          api,
          version,
          correlationId,
          answer: (response) => resolve(response as never),
          lost: () => reject(new ConnectionLost("the connection was lost")),
        });
        connection.write(encodeRequestFrame(api, version, { correlationId, clientId }, request), () => {});
      }),
  };
}

function dial(network: MemoryNetwork, port: number): Connection {
  try {
    return network.connect({ host: "broker", port });
  } catch {
    throw NOBODY_LISTENS;
  }
}
