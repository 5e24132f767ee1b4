// Where a consumer's partitions come from: named once and for all, all of its topics, or its share in a group.
import { inTurn } from "@moldau/std";
import type { Cluster } from "../../cluster/cluster.js";
import { ClientError } from "../../errors.js";
import type { HeldPartitions } from "../holdings.js";
import type { ConsumerSettings } from "../options.js";
import { keyOf, type TopicPartition } from "../topic-partition.js";
import { classicMembership } from "./classic-membership.js";
import { consumerMembership } from "./consumer-membership.js";
import type { GroupCoordinator } from "./coordinator.js";
import type { Membership } from "./membership.js";
import { type MemberIdentity, NO_MEMBER } from "./offsets.js";
import { subscriptionOf } from "./subscription.js";

export interface Source {
  start(): void;
  /** The program asks for more. */
  asked(): void;
  /** Who commits; undefined while the consumer is no member of its group. */
  identity(): MemberIdentity | undefined;
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

/** The share of a member. While the program works on one thing for too long, others get it (maxPollMs). */
function member(world: SourceWorld, coordinator: GroupCoordinator): Source {
  const { cluster, settings, holdings, isBusy, signal, failed } = world;
  const subscription = subscriptionOf(cluster, settings.topics, signal, failed);
  const membershipWorld = { cluster, settings, coordinator, subscription, holdings, signal, failed };
  let membership: Membership | undefined;
  let isStalled = false;
  let asks = 0;

  const choose = async () => {
    const isNew = await cluster.retrying({ withinMs: Number.POSITIVE_INFINITY, signal }, () => speaksConsumerProtocol(world, coordinator));
    if (signal.aborted) return;
    membership = isNew ? consumerMembership(membershipWorld) : classicMembership(membershipWorld);
    membership.join();
  };
  const watch = async () => {
    for (let seen = -1; ; seen = asks) {
      await cluster.pause(settings.maxPollMs, signal);
      if (!isBusy() || asks !== seen || isStalled) continue;
      isStalled = true;
      await membership?.leave({ stalled: true });
    }
  };
  const guarded = (task: Promise<unknown>) =>
    task.catch((error) => {
      if (!signal.aborted) failed(error);
    });
  return {
    start() {
      void guarded(choose());
      void guarded(watch());
    },
    asked() {
      asks++;
      if (!isStalled) return;
      isStalled = false;
      membership?.join();
    },
    identity: () => membership?.identity(),
    end: async () => membership?.leave({ stalled: false }),
  };
}

/** KIP-848 is there when the cluster has the feature and the coordinator the API. */
async function speaksConsumerProtocol({ settings }: SourceWorld, coordinator: GroupCoordinator): Promise<boolean> {
  if (settings.protocol === "classic") return false;
  const is = await coordinator.hasConsumerProtocol();
  if (!is && settings.protocol === "consumer") {
    throw new ClientError("UNSUPPORTED_BY_BROKER", 'the cluster has no consumer groups (KIP-848): use protocol "classic" or "auto"');
  }
  return is;
}
