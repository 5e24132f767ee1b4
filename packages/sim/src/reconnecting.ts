// A client that finds its broker again: each request goes over the connection there is, or a new one.
import type { MemoryNetwork } from "@moldau/env";
import type { Api, RequestInput, ResponseOf } from "@moldau/protocol";
import { ConnectionLost, connectClient, type SimClient } from "./sim-client.js";
import type { VirtualTime } from "./virtual-time.js";

export interface Reconnecting {
  request<A extends Api>(api: A, version: number, request: RequestInput<A>): Promise<ResponseOf<A>>;
  /** Whether the error means that no answer came. */
  isLoss(error: unknown): boolean;
  pause(ms: number): Promise<void>;
  nowMs(): number;
  /** Asks until an answer comes. For requests that may be repeated. */
  insist<A extends Api>(api: A, version: number, request: RequestInput<A>): Promise<ResponseOf<A>>;
}

const RETRY_MS = 10;

export function reconnecting(network: MemoryNetwork, port: number, clientId: string, time: VirtualTime): Reconnecting {
  let client: SimClient | undefined;
  const pause = (ms: number) => new Promise<void>((resolve) => time.after(ms, resolve));
  const isLoss = (error: unknown) => error instanceof ConnectionLost;

  const request: Reconnecting["request"] = async (api, version, body) => {
    if (!client?.isOpen()) client = connectClient(network, port, clientId);
    return client.request(api, version, body);
  };
  return {
    request,
    isLoss,
    pause,
    nowMs: () => time.clock.now(),
    async insist(api, version, body) {
      for (;;) {
        try {
          return await request(api, version, body);
        } catch (error) {
          if (!isLoss(error)) throw error;
        }
        await pause(RETRY_MS);
      }
    },
  };
}
