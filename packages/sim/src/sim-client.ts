// A client of the simulated broker: requests over one connection, answered in order or lost with it.
import type { Connection, MemoryNetwork } from "@moldau/env";
import { type Api, decodeResponse, decodeResponseHeader, encodeRequestFrame, type RequestInput, type ResponseOf } from "@moldau/protocol";

export interface SimClient {
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

const LENGTH_BYTES = 4;

/** Throws ConnectionLost when nobody listens. */
export function connectClient(network: MemoryNetwork, port: number, clientId: string): SimClient {
  const connection = dial(network, port);
  const waiting: Waiting[] = [];
  let nextCorrelationId = 1;
  let open = true;
  let received = Buffer.alloc(0);
  const space = Buffer.alloc(64 * 1024);

  const answer = (frame: Buffer) => {
    const first = waiting.shift();
    if (!first) throw new Error("an answer that nobody asked for");
    const { correlationId, bodyPosition } = decodeResponseHeader(first.api, first.version, frame);
    if (correlationId !== first.correlationId) throw new Error(`answer ${correlationId} came where ${first.correlationId} was due`);
    first.answer(decodeResponse(first.api, first.version, frame, bodyPosition));
  };

  connection.open({
    space: () => space,
    received(count) {
      received = Buffer.concat([received, space.subarray(0, count)]);
      while (received.length >= LENGTH_BYTES) {
        const end = LENGTH_BYTES + received.readInt32BE(0);
        if (received.length < end) return;
        const frame = received.subarray(LENGTH_BYTES, end);
        received = received.subarray(end);
        answer(frame);
      }
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
  } catch (cause) {
    throw new ConnectionLost("nobody listens", { cause });
  }
}
