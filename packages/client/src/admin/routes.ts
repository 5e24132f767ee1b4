// Which broker to ask: the controller, a partition's leader, the coordinator of a group or a transaction, or the one that was named.
import type { Cluster } from "../cluster/cluster.js";
import type { CoordinatorKind } from "../cluster/coordinators.js";
import { ClientError } from "../errors.js";
import type { Route } from "./rounds.js";

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** Where changes are made: in a cluster with KRaft any broker, which passes them on; before KRaft one that must be found. */
export function toController<Item>({ metadata }: Cluster): Route<Item> {
  let asked: Promise<number> | undefined;
  const find = async (): Promise<number> => {
    const { controllerId, brokers } = await metadata.cluster();
    const nodeId = brokers.some((broker) => broker.nodeId === controllerId) ? controllerId : brokers[0]?.nodeId;
    if (nodeId === undefined) throw new ClientError("BROKER_NOT_AVAILABLE", "the cluster names no broker", { retriable: true });
    return nodeId;
  };
  return {
    brokerOf: () => (asked ??= find()),
    async renew() {
      asked = undefined;
    },
  };
}

/** A partition's leader; `partitionOf` says which partition an item is about. */
export function toLeader<Item>({ metadata }: Cluster, partitionOf: (item: Item) => TopicPartition): Route<Item> {
  return {
    async brokerOf(item) {
      const { topic, partition } = partitionOf(item);
      const { partitions } = await metadata.topic(topic, { withinMs: 0 });
      const found = partitions.find((one) => one.partition === partition);
      const details = { topic, partition, retriable: true };
      if (!found)
        throw new ClientError("UNKNOWN_TOPIC_OR_PARTITION", `topic ${topic} has ${partitions.length} partitions, no ${partition}`, details);
      if (found.leader < 0) throw new ClientError("LEADER_NOT_AVAILABLE", `${topic}-${partition} has no leader at the moment`, details);
      return found.leader;
    },
    renew: (items) => metadata.refresh([...new Set(items.map((item) => partitionOf(item).topic))]).catch(toldLater),
  };
}

export function toCoordinator<Item>({ coordinators }: Cluster, kind: CoordinatorKind, keyOf: (item: Item) => string): Route<Item> {
  return {
    brokerOf: (item) => coordinators.find(kind, keyOf(item)),
    async renew(items) {
      for (const item of items) coordinators.forget(kind, keyOf(item));
    },
  };
}

/** The broker that an item names; without one, the controller. */
export function toBroker<Item>(cluster: Cluster, nodeIdOf: (item: Item) => number | undefined): Route<Item> {
  const controller = toController<Item>(cluster);
  return {
    async brokerOf(item) {
      // Its answer also tells where brokers are.
      const nodeId = await controller.brokerOf(item);
      return nodeIdOf(item) ?? nodeId;
    },
    renew: controller.renew,
  };
}

/** Whoever needs what could not be refreshed is told then. */
function toldLater(error: unknown): void {
  if (!(error instanceof ClientError)) throw error;
}
