// Where a consumer's partitions come from: named once and for all, all of its topics, or its share in a group.
import { inTurn } from "@moldau/std";
import type { Cluster } from "../../cluster/cluster.js";
import type { HeldPartitions } from "../holdings.js";
import type { ConsumerSettings } from "../options.js";
import { keyOf, type TopicPartition } from "../topic-partition.js";
import type { GroupCoordinator } from "./coordinator.js";
import { type GroupIdentity, NO_MEMBER } from "./offsets.js";
import { subscriptionOf } from "./subscription.js";

export interface Source {
  start(): void;
  /** The program asks for more. */
  asked(): void;
  /** Who commits; undefined while the consumer is no member of its group. */
  identity(): GroupIdentity | undefined;
  /** Gives everything up, and leaves the group. */
  end(): Promise<void>;
}

export interface SourceWorld {
  readonly cluster: Cluster;
  readonly settings: ConsumerSettings;
  /** Of this consumer, unlike any other's. */
  readonly name: string;
  readonly coordinator: GroupCoordinator | undefined;
  readonly holdings: HeldPartitions;
  /** Whether the program has something in hand. */
  readonly isBusy: () => boolean;
  readonly signal: AbortSignal;
  readonly failed: (error: unknown) => void;
}

export function sourceOf(world: SourceWorld): Source {
  const { settings, coordinator } = world;
  if (settings.assign) return named(world, settings.assign);
  return coordinator ? member(world, coordinator) : allOf(world);
}

function named({ holdings, failed }: SourceWorld, partitions: readonly (TopicPartition & { readonly offset?: number })[]): Source {
  return {
    start: () => void holdings.assign(partitions).catch(failed),
    asked() {},
    identity: () => NO_MEMBER,
    end: () => holdings.revoke(holdings.owned()),
  };
}

/** All partitions of all topics, also those that come later. */
function allOf({ cluster, settings, holdings, signal, failed }: SourceWorld): Source {
  const subscription = subscriptionOf(cluster, settings.topics, signal, failed);
  const turn = inTurn();
  const follow = async () => {
    const all = [...subscription.partitionCounts()].flatMap(([topic, count]) =>
      Array.from({ length: count }, (_, partition) => ({ topic, partition })),
    );
    const keys = new Set(all.map(keyOf));
    await holdings.lose(holdings.owned().filter((one) => !keys.has(keyOf(one))));
    await holdings.assign(all.filter((one) => !holdings.states.has(keyOf(one))));
  };
  const update = () => turn(follow).catch(failed);
  return {
    start() {
      subscription.onChange(() => void update());
      subscription
        .ready()
        .then(update)
        .catch((error) => {
          if (!signal.aborted) failed(error);
        });
    },
    asked() {},
    identity: () => undefined,
    end: () => holdings.revoke(holdings.owned()),
  };
}

function member(_world: SourceWorld, _coordinator: GroupCoordinator): Source {
  throw new Error("not yet");
}
