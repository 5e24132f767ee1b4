// The coordinator of one group, as one consumer talks to it: over connections of its own, and found anew when it is another.
import { type Api, ConsumerGroupHeartbeat, errorByCode, type ResponseOf } from "@moldau/protocol";
import type { Cluster } from "../../cluster/cluster.js";
import type { Asking, RequestOptions } from "../../connection/broker-connection.js";
import { type ClientError, errorOf } from "../../errors.js";

export interface GroupCoordinator {
  readonly group: string;
  /** One try. */
  ask<A extends Api>(api: A, asking: Asking<A>, options?: RequestOptions & { readonly waits?: boolean }): Promise<ResponseOf<A>>;
  /** The error a code of an answer stands for; a coordinator that is none any more is forgotten. */
  errorOf(errorCode: number, message?: string | null): ClientError | undefined;
  /** Whether it serves consumer groups (KIP-848). */
  hasConsumerProtocol(): Promise<boolean>;
  /** Requests that wait for others fail: what they would bring is not wanted any more. */
  stopWaiting(): void;
  hangUp(): void;
}

/** The feature that brings KIP-848 (KIP-584). */
const GROUP_VERSION = "group.version";

export function groupCoordinator(cluster: Cluster, group: string, name: string): GroupCoordinator {
  // A join waits for the other members; commits and heartbeats must not wait for it.
  const purposes = { quick: `group of ${name}`, waiting: `join of ${name}` };
  return {
    group,
    ask: (api, asking, { waits = false, ...options } = {}) =>
      cluster.askCoordinator("group", group, api, asking, { ...options, purpose: waits ? purposes.waiting : purposes.quick }),
    errorOf(errorCode, message) {
      const { name: code } = errorByCode(errorCode);
      if (code === "NOT_COORDINATOR" || code === "COORDINATOR_NOT_AVAILABLE") cluster.coordinators.forget("group", group);
      return errorOf(errorCode, message);
    },
    async hasConsumerProtocol() {
      const connection = await cluster.connection(await cluster.coordinators.find("group", group), purposes.quick);
      return (connection.features.get(GROUP_VERSION) ?? 0) >= 1 && connection.version(ConsumerGroupHeartbeat) !== undefined;
    },
    stopWaiting: () => cluster.brokers.hangUp(purposes.waiting),
    hangUp() {
      for (const purpose of Object.values(purposes)) cluster.brokers.hangUp(purpose);
    },
  };
}
