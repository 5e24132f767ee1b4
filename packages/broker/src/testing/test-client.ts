// A client for tests: speaks any API in any version over a connection, and may misbehave.
import type { Connection } from "@moldau/env";
import { type Api, decodeResponse, decodeResponseHeader, encodeRequestFrame, type RequestInput, type ResponseOf } from "@moldau/protocol";

export interface TestClient {
  /** Rejects when the connection is closed before the answer comes. */
  ask<A extends Api>(api: A, version: number, request: RequestInput<A>): Promise<ResponseOf<A>>;
  /** Sends a request that has no answer. */
  tell<A extends Api>(api: A, version: number, request: RequestInput<A>): void;
  /** Sends bytes as they are. */
  send(...parts: readonly Uint8Array[]): void;
  /** The next frame, without its length. Rejects when the connection is closed first. */
  frame(): Promise<Buffer>;
  /** Stops and goes on reading. */
  pause(): void;
  resume(): void;
  readonly open: boolean;
  /** Settles when the connection is over. */
  readonly closed: Promise<void>;
  close(): void;
}

interface Listener {
  readonly frame: (frame: Buffer) => void;
  readonly lost: (error: Error) => void;
}

const LENGTH_BYTES = 4;
const CLIENT_ID = "test";
/** Shared by all clients: used only until the call of `received` returns. */
const space = Buffer.alloc(64 * 1024);

export function testClient(connection: Connection): TestClient {
  const listeners: Listener[] = [];
  const unheard: Buffer[] = [];
  let received = Buffer.alloc(0);
  let open = true;
  let nextCorrelationId = 1;
  let over = () => {};
  const closed = new Promise<void>((resolve) => {
    over = resolve;
  });

  const arrive = (bytes: Buffer) => {
    received = Buffer.concat([received, bytes]);
    while (received.length >= LENGTH_BYTES && received.length - LENGTH_BYTES >= received.readInt32BE(0)) {
      const end = LENGTH_BYTES + received.readInt32BE(0);
      const frame = Buffer.from(received.subarray(LENGTH_BYTES, end));
      received = received.subarray(end);
      const listener = listeners.shift();
      if (listener) listener.frame(frame);
      else unheard.push(frame);
    }
  };
  connection.open({
    space: () => space,
    received: (count) => arrive(Buffer.from(space.subarray(0, count))),
    closed() {
      open = false;
      for (const { lost } of listeners.splice(0)) lost(new Error("the connection was closed"));
      over();
    },
  });

  const frame = () =>
    new Promise<Buffer>((resolve, reject) => {
      const first = unheard.shift();
      if (first) resolve(first);
      else if (open) listeners.push({ frame: resolve, lost: reject });
      else reject(new Error("the connection is closed"));
    });
  const send = (...parts: readonly Uint8Array[]) => connection.write(parts, () => {});

  return {
    async ask(api, version, request) {
      const correlationId = nextCorrelationId++;
      send(...encodeRequestFrame(api, version, { correlationId, clientId: CLIENT_ID }, request));
      const answer = await frame();
      const header = decodeResponseHeader(api, version, answer);
      if (header.correlationId !== correlationId) throw new Error(`answer ${header.correlationId} came where ${correlationId} was due`);
      return decodeResponse(api, version, answer, header.bodyPosition);
    },
    tell: (api, version, request) =>
      send(...encodeRequestFrame(api, version, { correlationId: nextCorrelationId++, clientId: CLIENT_ID }, request)),
    send,
    frame,
    pause: () => connection.pause(),
    resume: () => connection.resume(),
    get open() {
      return open;
    },
    closed,
    close: () => connection.destroy(),
  };
}
