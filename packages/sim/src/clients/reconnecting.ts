// A client that finds its broker again: each request goes over the connection there is, or a new one.
import type { MemoryNetwork } from "@moldau/env";
import type { Api, RequestInput, ResponseOf } from "@moldau/protocol";
import type { VirtualTime } from "../time/virtual-time.js";
import { type ClientConnection, ConnectionLost, connectTo } from "./connection.js";

export interface Reconnecting {
  /** Rejects with ConnectionLost when no answer comes: nobody knows then whether the request was carried out. */
  request<A extends Api>(api: A, version: number, request: RequestInput<A>): Promise<ResponseOf<A>>;
  /** Asks until an answer comes. For requests that may be repeated. */
  insist<A extends Api>(api: A, version: number, request: RequestInput<A>): Promise<ResponseOf<A>>;
  /** Hangs up, whatever is under way. */
  hangUp(): void;
  readonly time: VirtualTime;
}

/** Whether the error means that no answer came. */
export const isLoss = (error: unknown): boolean => error instanceof ConnectionLost;

const RETRY_MS = 10;

export function reconnecting(network: MemoryNetwork, port: number, clientId: string, time: VirtualTime): Reconnecting {
  let connection: ClientConnection | undefined;
  const request: Reconnecting["request"] = async (api, version, body) => {
    if (!connection?.isOpen()) connection = connectTo(network, port, clientId);
    return connection.request(api, version, body);
  };
  return {
    request,
    time,
    hangUp: () => connection?.close(),
    async insist(api, version, body) {
      for (;;) {
        try {
          return await request(api, version, body);
        } catch (error) {
          if (!isLoss(error)) throw error;
        }
        await time.pause(RETRY_MS);
      }
    },
  };
}
