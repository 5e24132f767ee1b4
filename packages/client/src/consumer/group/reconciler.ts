// From the partitions a member has to those it shall have: what goes is given up first, then what comes is taken. A newer assignment that
// comes meanwhile is gone for afterwards; one whose topics are not known yet waits until they are.
import { assert } from "@moldau/std";
import { backoffMs } from "../../cluster/backoff.js";
import type { Cluster } from "../../cluster/cluster.js";
import { isRetriable } from "../../errors.js";
import { keyOf, type TopicPartition } from "../topic-partition.js";
import type { Holdings } from "./membership.js";
import type { Subscription } from "./subscription.js";

/** As the protocol says it. */
export interface AssignedTopic {
  readonly topicId: string;
  readonly partitions: readonly number[];
}

export interface Reconciler {
  /** Begins going for it; `changed` is called when something that the coordinator waits for is done. */
  reconcile(target: readonly AssignedTopic[]): void;
  /** What we have, to acknowledge. */
  owned(): { topicId: string; partitions: number[] }[];
  /** Everything is another's by now. */
  lose(): Promise<void>;
  /** Goes for nothing any more; gives everything up, or has it taken. `reconcile` begins anew. */
  stop(how: { readonly giveUp: boolean }): Promise<void>;
}

interface Place extends TopicPartition {
  readonly topicId: string;
}

export function reconciler(
  cluster: Cluster,
  subscription: Subscription,
  holdings: Holdings,
  changed: () => void,
  failed: (error: unknown) => void,
): Reconciler {
  let target: readonly AssignedTopic[] | undefined;
  let isRunning = false;
  /** Topic ids of what we have, by key. */
  let ids = new Map<string, string>();
  /** What is under way for an older one stops. */
  let turn = 0;

  /** Whether it was gone for as a whole. */
  const goFor = async (assigned: readonly AssignedTopic[], mine: number): Promise<boolean> => {
    const { places, isWhole } = await resolved(cluster, subscription, assigned);
    if (mine !== turn) return true;
    const wanted = new Map(places.map((place) => [keyOf(place), place]));
    const gone = holdings.owned().filter((one) => wanted.get(keyOf(one))?.topicId !== ids.get(keyOf(one)));
    if (gone.length > 0) await cluster.metadata.refresh(subscription.topics());
    // Offsets are committed by name: those of a topic that was deleted must not become those of its successor.
    const isSame = (one: TopicPartition) => cluster.metadata.known(one.topic)?.topicId === ids.get(keyOf(one));
    await holdings.lose(gone.filter((one) => !isSame(one)));
    await holdings.revoke(gone.filter(isSame));
    if (mine !== turn) return true;
    const kept = new Set(holdings.owned().map(keyOf));
    ids = new Map(places.map((place) => [keyOf(place), place.topicId]));
    await holdings.assign(places.filter((place) => !kept.has(keyOf(place))));
    changed();
    return isWhole;
  };
  const run = async () => {
    for (let failures = 0; target !== undefined; ) {
      const assigned = target;
      const mine = turn;
      target = undefined;
      const isDone = await goFor(assigned, mine).catch((error) => {
        if (!isRetriable(error)) throw error;
        return false;
      });
      if (isDone) failures = 0;
      else {
        await cluster.pause(backoffMs(cluster.settings, ++failures));
        if (mine === turn) target ??= assigned;
      }
    }
  };
  const lose = async () => {
    turn++;
    target = undefined;
    await holdings.lose(holdings.owned());
    ids = new Map();
  };
  return {
    reconcile(assigned) {
      target = assigned;
      if (isRunning) return;
      isRunning = true;
      void run()
        .catch(failed)
        .finally(() => {
          isRunning = false;
        });
    },
    owned() {
      const topics = new Map<string, number[]>();
      for (const { topic, partition } of holdings.owned()) {
        const topicId = ids.get(keyOf({ topic, partition }));
        assert(topicId !== undefined, "what we have was assigned with a topic id");
        topics.set(topicId, [...(topics.get(topicId) ?? []), partition]);
      }
      return [...topics].map(([topicId, partitions]) => ({ topicId, partitions: partitions.sort((a, b) => a - b) }));
    },
    lose,
    async stop({ giveUp }) {
      turn++;
      target = undefined;
      if (giveUp) await holdings.revoke(holdings.owned());
      await lose();
    },
  };
}

/** With the names of the topics. Those that no topic of ours has are new; or gone, and then the coordinator will say so too. */
async function resolved(
  cluster: Cluster,
  subscription: Subscription,
  assigned: readonly AssignedTopic[],
): Promise<{ readonly places: readonly Place[]; readonly isWhole: boolean }> {
  const names = () => {
    const known = subscription.topics().flatMap((name) => cluster.metadata.known(name) ?? []);
    return new Map(known.map(({ topicId, name }) => [topicId, name]));
  };
  const isWhole = (byId: ReadonlyMap<string, string>) => assigned.every(({ topicId }) => byId.has(topicId));
  if (!isWhole(names())) await cluster.metadata.refresh(subscription.topics());
  const byId = names();
  const places = assigned.flatMap(({ topicId, partitions }) => {
    const topic = byId.get(topicId);
    return topic === undefined ? [] : partitions.map((partition) => ({ topic, topicId, partition }));
  });
  return { places, isWhole: isWhole(byId) };
}
