// Transactions that commit offsets, as the groups of this broker see them: looked at before an offset is taken, over when their marker is.
//
// Markers of __consumer_offsets go through the groups' coordinators, whose log it is: so they come after the offsets that they are about.
// Invariant: an offset is taken only from a transaction that was open after the producer's last marker was asked for. Commit and marker
// are decided in the order in which they are asked, so it is enough to know whether a marker was asked for meanwhile.
import { type Coordinators, type GroupsCommand, type GroupsState, hasOpenTransaction } from "@moldau/coordinators";
import { type Refusal, refusal } from "../partitions/append.js";
import type { Partitions } from "../partitions/partitions.js";
import type { MarkerFacts } from "../partitions/producer-state.js";
import type { InternalTopic } from "../topics/internal-topic.js";

export interface OffsetTransactions {
  /** Whether the producer has committed offsets in its open transaction. */
  isOpen(partition: number, producer: { readonly id: number; readonly epoch: number }): boolean;
  /** To be called before the transaction's coordinator is asked. */
  watch(partition: number, producerId: number): TransactionWatch;
  /**
   * Ends the producer's transaction in a partition of __consumer_offsets. Resolves when that is durable, or when there is nothing left to
   * end; with a refusal when the partition has heard of something newer. Rejects when it is to be tried again.
   */
  ended(partition: number, marker: MarkerFacts): Promise<Refusal | undefined>;
}

export interface TransactionWatch {
  /** A marker of the producer was asked for since. */
  readonly isOver: boolean;
  stop(): void;
}

export interface OffsetTransactionsOptions {
  readonly topic: Pick<InternalTopic, "name" | "find">;
  readonly partitions: Partitions;
  readonly coordinators: Coordinators<GroupsState, GroupsCommand>;
}

export function offsetTransactions({ topic, partitions, coordinators }: OffsetTransactionsOptions): OffsetTransactions {
  const watched = new Map<string, Set<{ isOver: boolean }>>();
  const keyOf = (partition: number, producerId: number) => `${partition} ${producerId}`;

  return {
    isOpen(partition, producer) {
      const state = coordinators.of(partition).state();
      return state !== undefined && hasOpenTransaction(state, producer);
    },
    watch(partition, producerId) {
      const key = keyOf(partition, producerId);
      const watch = { isOver: false, stop };
      const others = watched.get(key) ?? new Set();
      watched.set(key, others.add(watch));
      return watch;

      function stop() {
        others.delete(watch);
        if (others.size === 0) watched.delete(key);
      }
    },
    async ended(index, marker) {
      const image = topic.find();
      const partition = image && (await partitions.find(image, index));
      if (!partition || partition.deleted()) return undefined;
      const producers = partition.producers();
      const verdict = producers.checkMarker(marker);
      if (verdict.kind === "refused") return refusal(verdict.error, verdict.message);
      if (verdict.kind === "written") {
        await partition.durable({ lastOffset: producers.lastMarkerOffset(marker.producerId) });
        return undefined;
      }
      const { producerId, producerEpoch, coordinatorEpoch, commit } = marker;
      const end = { producerId, producerEpoch, coordinatorEpoch, commit };
      for (const watch of watched.get(keyOf(index, producerId)) ?? []) watch.isOver = true;
      const { outcome } = coordinators.of(index).ask<undefined>((ticket) => ({ kind: "transactionEnded", ticket, end }));
      const settled = await outcome;
      if (settled.kind === "answered") return undefined;
      throw new Error(`the coordinator of ${topic.name}-${index} cannot end a transaction now: ${settled.error}`);
    },
  };
}
