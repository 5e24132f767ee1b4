// The cluster as producers, consumers and admins see it: brokers to ask, topics to know, coordinators to find.
import type { Api, ResponseOf } from "@moldau/protocol";
import type { Asking, BrokerConnection, RequestOptions } from "../connection/broker-connection.js";
import { type ClientOptions, type Settings, settingsOf } from "../options.js";
import { type Patience, pause, retrying } from "./backoff.js";
import { type Brokers, brokersOf } from "./brokers.js";
import { type CoordinatorKind, type Coordinators, coordinatorsOf } from "./coordinators.js";
import { type MetadataCache, metadataCache } from "./metadata.js";

export interface Cluster {
  readonly settings: Settings;
  readonly metadata: MetadataCache;
  readonly coordinators: Coordinators;
  readonly brokers: Brokers;
  /** Asks any broker. One try. */
  ask<A extends Api>(api: A, asking: Asking<A>, options?: RequestOptions): Promise<ResponseOf<A>>;
  /** Asks that broker. One try. */
  askBroker<A extends Api>(nodeId: number, api: A, asking: Asking<A>, options?: RequestOptions): Promise<ResponseOf<A>>;
  /** One try; a coordinator that cannot be reached is forgotten. What its answer says (NOT_COORDINATOR) is for the caller to look at. */
  askCoordinator<A extends Api>(
    kind: CoordinatorKind,
    key: string,
    api: A,
    asking: Asking<A>,
    options?: CoordinatorRequestOptions,
  ): Promise<ResponseOf<A>>;
  /** Tries again while the failure is retriable and there is time. */
  retrying<Result>(patience: Partial<Patience>, attempt: () => Promise<Result>): Promise<Result>;
  pause(ms: number, signal?: AbortSignal): Promise<void>;
  connection(nodeId: number, purpose?: string): Promise<BrokerConnection>;
  close(): void;
}

export interface CoordinatorRequestOptions extends RequestOptions {
  /** A connection of its own, for requests that wait for others. */
  readonly purpose?: string;
}

export function clusterOf(options: ClientOptions): Cluster {
  const settings = settingsOf(options);
  const brokers = brokersOf(settings);
  const coordinators = coordinatorsOf(brokers);
  const metadata = metadataCache(brokers, settings);
  return {
    settings,
    metadata,
    coordinators,
    brokers,
    ask: async (api, asking, options) => (await brokers.any()).request(api, asking, options),
    askBroker: async (nodeId, api, asking, options) => (await brokers.connection(nodeId)).request(api, asking, options),
    async askCoordinator(kind, key, api, asking, { purpose = "coordinator", ...options } = {}) {
      const nodeId = await coordinators.find(kind, key);
      try {
        return await (await brokers.connection(nodeId, purpose)).request(api, asking, options);
      } catch (error) {
        coordinators.forget(kind, key);
        throw error;
      }
    },
    retrying: (patience, attempt) => retrying(settings, { withinMs: settings.requestTimeoutMs, ...patience }, attempt),
    pause: (ms, signal) => pause(settings, ms, signal),
    connection: brokers.connection,
    close: brokers.close,
  };
}
