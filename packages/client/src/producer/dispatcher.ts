// Leads every partition's batches to its leader, and decides what becomes of them when answers come, or none.
import type { BatchMemory } from "@moldau/records";
import { backoffMs } from "../cluster/backoff.js";
import type { Cluster } from "../cluster/cluster.js";
import { ClientError, isRetriable } from "../errors.js";
import { type Batch, deliver, fail, release, settle } from "./batch.js";
import type { Gate } from "./gate.js";
import { type Lane, type LaneContext, laneTo } from "./lane.js";
import type { ProducerSettings } from "./options.js";
import type { Answer, Item } from "./produce-request.js";
import type { Slot } from "./slot.js";
import { splitBatch } from "./split.js";
import { type Verdict, verdictOf } from "./verdict.js";

export interface DispatcherContext extends Pick<LaneContext, "isFlushing" | "taken"> {
  readonly gate: Gate;
  readonly cluster: Cluster;
  readonly settings: ProducerSettings;
  readonly memory: BatchMemory;
  /** As many bytes more, or fewer, are not acknowledged. */
  grew(bytes: number): void;
  /** There were records in a batch that failed for which nobody waits. */
  unattended(error: ClientError): void;
  /** Who leads the topic's partitions may have changed. */
  refresh(topic: string): void;
}

export interface Dispatcher {
  /** The partition has something to send. */
  wake(slot: Slot, atOnce: boolean): void;
  /** The partition is led by another broker, or by none (-1). */
  led(slot: Slot, leader: number): void;
  /** Batches that are not under way, and never will be. */
  giveUp(batches: readonly Batch[], error: (batch: Batch) => ClientError): void;
  close(): void;
}

export function dispatcher(context: DispatcherContext): Dispatcher {
  const { cluster, settings, memory } = context;
  const { clock } = cluster.settings.world;
  const lanes = new Map<number, Lane>();

  const laneOf = (leader: number): Lane => {
    const present = lanes.get(leader);
    if (present) return present;
    const lane = laneTo(leader, { ...context, answered, failed, unreachable });
    lanes.set(leader, lane);
    return lane;
  };
  const wake = (slot: Slot, atOnce: boolean) => {
    if (slot.leader < 0) context.refresh(slot.queue.topic);
    else laneOf(slot.leader).wake(slot, atOnce);
  };
  const over = (batch: Batch) => {
    context.grew(-batch.sizeBytes);
    settle(batch);
  };
  const giveUp = (batch: Batch, error: ClientError) => {
    context.gate.lost(error, batch.wasSent);
    if (!fail(batch, error)) context.unattended(error);
    over(batch);
  };

  const answered = ({ slot, batch }: Item, answer: Answer) => {
    const { idempotent, transactionalId } = settings;
    const transactional = transactionalId !== undefined;
    const follows = slot.queue.follows(batch);
    const verdict = verdictOf(answer.errorCode, answer.message, { ...batch, idempotent, transactional, follows });
    if (verdict.kind === "stored") {
      slot.queue.acknowledge(batch);
      release(batch, memory);
      deliver(batch, answer.baseOffset, answer.appendedAtMs);
      over(batch);
    } else apply(slot, batch, verdict);
    if (slot.queue.hasWork) wake(slot, false);
  };
  const apply = (slot: Slot, batch: Batch, verdict: Exclude<Verdict, { kind: "stored" }>) => {
    const { queue } = slot;
    if (verdict.kind === "again" && !context.gate.mayRetry()) {
      queue.abandon(batch, true);
      return giveUp(batch, verdict.error);
    }
    switch (verdict.kind) {
      case "again":
        batch.lastError = verdict.error;
        queue.retry(batch, clock.monotonicMs() + backoffMs(cluster.settings, queue.failures + 1));
        if (verdict.refresh) context.refresh(batch.topic);
        return;
      case "renumber":
        queue.renumber();
        return queue.retry(batch, clock.monotonicMs());
      case "split": {
        const parts = splitBatch(batch, { ...settings, transactional: settings.transactionalId !== undefined, memory });
        queue.split(batch, parts);
        context.grew(parts.reduce((sum, part) => sum + part.sizeBytes, -batch.sizeBytes));
        return release(batch, memory);
      }
      case "failed":
        queue.abandon(batch, verdict.maybeStored);
        return giveUp(batch, verdict.error);
    }
  };
  const failed = ({ slot, batch }: Item, cause: unknown) => {
    const error = placed(cause, batch);
    const again = isRetriable(error) && settings.acks !== 0;
    apply(slot, batch, again ? { kind: "again", refresh: true, error } : { kind: "failed", error, maybeStored: true });
    if (slot.queue.hasWork) wake(slot, false);
  };
  const unreachable = (slots: readonly Slot[], error: unknown) => {
    for (const slot of slots) {
      for (const batch of slot.queue.batches()) batch.lastError = placed(error, batch);
      if (isRetriable(error)) context.refresh(slot.queue.topic);
      else for (const batch of slot.queue.drop()) giveUp(batch, placed(error, batch));
    }
  };

  return {
    wake,
    led(slot, leader) {
      if (leader !== slot.leader) lanes.get(slot.leader)?.leave(slot);
      slot.leader = leader;
      if (slot.queue.hasWork) wake(slot, false);
    },
    giveUp(batches, errorOf) {
      for (const batch of batches) giveUp(batch, errorOf(batch));
    },
    close() {
      for (const lane of lanes.values()) lane.close();
    },
  };
}

/** The error, naming the partition it is about. */
export function placed(
  cause: unknown,
  { topic, partition }: { readonly topic: string; readonly partition?: number | undefined },
): ClientError {
  if (!(cause instanceof ClientError)) {
    return new ClientError("UNKNOWN_SERVER_ERROR", `records could not be sent: ${String(cause)}`, { topic, partition, cause });
  }
  if (cause.topic !== undefined) return cause;
  return new ClientError(cause.code, cause.message, { retriable: cause.retriable, topic, partition, cause: cause.cause });
}
