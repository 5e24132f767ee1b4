// The coordinator of one group, as one consumer talks to it: over connections of its own, and found anew when it is another.
import { type Api, errorByCode, type ResponseOf } from "@moldau/protocol";
import type { Cluster } from "../../cluster/cluster.js";
import type { Asking, RequestOptions } from "../../connection/broker-connection.js";
import { type ClientError, errorOf } from "../../errors.js";

export interface GroupCoordinator {
  readonly group: string;
  /** One try. */
  ask<A extends Api>(api: A, asking: Asking<A>, options?: RequestOptions & { readonly waits?: boolean }): Promise<ResponseOf<A>>;
  /** The error a code of an answer stands for; a coordinator that is none any more is forgotten. */
  errorOf(errorCode: number, message?: string | null): ClientError | undefined;
  /** Whether the coordinator's broker speaks the API, in that version at least. */
  speaks(api: Api, version: number): Promise<boolean>;
  hangUp(): void;
}

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
    async speaks(api, version) {
      const connection = await cluster.connection(await cluster.coordinators.find("group", group), purposes.quick);
      return (connection.version(api) ?? -1) >= version;
    },
    hangUp() {
      for (const purpose of Object.values(purposes)) cluster.brokers.hangUp(purpose);
    },
  };
}
