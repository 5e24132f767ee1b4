// The partitions that a consumer has: how they come, and how they go without anything of them being processed twice or left out.
//
//   given up   nothing more of it is handed out → what is in hand is done → what was processed is committed → onRevoked → it is not ours
//   lost       it is another's already: dropped at once → onLost
import { inTurn } from "@moldau/std";
import type { Bell } from "./bell.js";
import type { Delivery } from "./delivery.js";
import type { FetchedChunks } from "./fetching/fetched-chunks.js";
import type { Holdings } from "./group/membership.js";
import type { ConsumerOptions } from "./options.js";
import { type PartitionState, partitionState, refetch } from "./positions/partition-state.js";
import { keyOf, type TopicPartition } from "./topic-partition.js";

export interface HeldPartitions extends Holdings {
  readonly states: ReadonlyMap<string, PartitionState>;
  isOurs(state: PartitionState): boolean;
}

export interface HoldingsWorld {
  readonly delivery: Delivery<unknown, unknown>;
  readonly chunks: FetchedChunks;
  /** Rings when the program is done with what it had in hand. */
  readonly handed: Bell;
  readonly callbacks: Pick<ConsumerOptions, "onAssigned" | "onRevoked" | "onLost">;
  /** Resolves when what was processed of these is committed, or that has failed for good. */
  readonly commitProcessed: (states: readonly PartitionState[]) => Promise<void>;
  /** New partitions: their positions are to be found. */
  readonly begin: (states: readonly PartitionState[]) => void;
}

export function holdingsOf({ delivery, chunks, handed, callbacks, commitProcessed, begin }: HoldingsWorld): HeldPartitions {
  const states = new Map<string, PartitionState>();
  const isOurs = (state: PartitionState) => states.get(state.key) === state;
  const find = (partitions: readonly TopicPartition[]) => partitions.flatMap((one) => states.get(keyOf(one)) ?? []);

  const turn = inTurn();
  const revoke = async (partitions: readonly TopicPartition[]) => {
    const leaving = find(partitions);
    if (leaving.length === 0) return;
    for (const state of leaving) {
      state.leaving = true;
      refetch(state);
    }
    chunks.sweep();
    while (leaving.some((state) => isOurs(state) && delivery.isInHand(state))) await handed.heard();
    const still = leaving.filter(isOurs);
    await commitProcessed(still);
    await callbacks.onRevoked?.(still.map(placeOf));
    for (const state of still) if (isOurs(state)) states.delete(state.key);
  };

  return {
    states,
    isOurs,
    owned: () => [...states.values()].map(placeOf),
    revoke: (partitions) => turn(() => revoke(partitions)),
    async lose(partitions) {
      const lost = find(partitions);
      if (lost.length === 0) return;
      for (const state of lost) {
        states.delete(state.key);
        refetch(state);
      }
      chunks.sweep();
      handed.ring();
      await (callbacks.onLost ?? callbacks.onRevoked)?.(lost.map(placeOf));
    },
    async assign(partitions) {
      const added = partitions.filter((one) => !states.has(keyOf(one))).map(partitionState);
      for (const state of added) {
        // Until the program has been told of it, it may want to seek.
        state.waiting = true;
        states.set(state.key, state);
      }
      await callbacks.onAssigned?.(added.map(placeOf));
      for (const state of added) state.waiting = false;
      begin(added.filter(isOurs));
    },
  };
}

const placeOf = ({ topic, partition }: PartitionState): TopicPartition => ({ topic, partition });
