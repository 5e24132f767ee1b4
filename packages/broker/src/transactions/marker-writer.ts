// Writes the markers of decided transactions, again and again until it is done: a decision is never taken back. Then tells the coordinator.
//
// Markers go ahead where they can: they are appended right behind the decision, while it is on its way. What is not durable then, for the
// decision is not or for another reason, is tried once and no more; the job that a durable decision gets does the rest.
//
// Invariant: of a decision, one job is under way, however often it is asked for, and it waits for what went ahead. A second marker could
// come late, into the producer's next transaction.
import type { MarkersToWrite } from "@moldau/coordinators";
import type { Timers } from "@moldau/env";
import { failureReasonOr } from "../failure.js";
import type { Logger } from "../logger.js";
import type { MarkerFacts } from "../partitions/producer-state.js";
import type { EndAtOnce, EndInPartition } from "./end-in-partition.js";

type Written = MarkersToWrite["written"];

export interface MarkerWriter {
  /** For the coordinator of that partition of __transaction_state. */
  add(coordinatorPartition: number, markers: MarkersToWrite, coordinatorEpoch: number): void;
  /** The decision is on its way, and `add` follows if it gets there. */
  goAhead(coordinatorPartition: number, markers: MarkersToWrite, coordinatorEpoch: number): void;
  /** Resolves when the latest decision of that id is no longer under way; undefined when none is. */
  completion(transactionalId: string): Promise<void> | undefined;
  /** Decisions under way. */
  pending(): number;
  /** Gives up what is not written: whoever loads the state next asks for it again. */
  close(): void;
}

export interface MarkerWriterOptions {
  readonly timers: Timers;
  readonly log: Logger;
  readonly endIn: EndInPartition;
  readonly endAtOnce: EndAtOnce;
  readonly written: (coordinatorPartition: number, command: Written) => void;
  /** An invariant is broken. */
  readonly fatal: (error: Error) => void;
}

const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 5_000;

export function markerWriter({ timers, log, endIn, endAtOnce, written, fatal }: MarkerWriterOptions): MarkerWriter {
  const underWay = new Set<string>();
  const latest = new Map<string, Promise<void>>();
  /** By decision, then by topic and partition: whether the marker that went ahead got there. */
  const ahead = new Map<string, Map<string, Promise<boolean>>>();
  let closed = false;

  const pause = (pauseMs: number) => new Promise<void>((resolve) => void timers.after(pauseMs, resolve));

  /** Whether it came to it before the broker closes. */
  const writeTo = async (topic: string, partition: number, marker: MarkerFacts): Promise<boolean> => {
    for (let pauseMs = FIRST_PAUSE_MS; !closed; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      try {
        const refused = await endIn(topic, partition, marker);
        // A partition that is gone has nothing left to end; one that refuses otherwise has heard of something newer.
        if (refused && refused.error !== "UNKNOWN_TOPIC_OR_PARTITION") {
          log.warn({ topic, partition, error: refused.error, reason: refused.message }, "a partition refuses the marker of a transaction");
        }
        return true;
      } catch (error) {
        const reason = failureReasonOr(fatal, error);
        if (reason === undefined) return false;
        const { producerId } = marker;
        log.warn({ topic, partition, producerId, reason }, "the marker of a transaction cannot be written, and is tried again");
        await pause(pauseMs);
      }
    }
    return false;
  };

  return {
    add(coordinatorPartition, { written: command, partitions, ...decided }, coordinatorEpoch) {
      const key = jobKey(coordinatorPartition, command);
      if (closed || underWay.has(key)) return;
      underWay.add(key);
      const went = ahead.get(key);
      ahead.delete(key);
      const { transactionalId } = command;
      const marker = { ...decided, coordinatorEpoch };
      const writes = placesIn(partitions).map(async ({ topic, index }) => {
        const isThere = (await went?.get(placeKey(topic, index))) ?? false;
        return isThere || writeTo(topic, index, marker);
      });
      const done = Promise.all(writes).then((outcomes) => {
        underWay.delete(key);
        if (latest.get(transactionalId) === done) latest.delete(transactionalId);
        if (outcomes.every(Boolean)) written(coordinatorPartition, command);
      });
      latest.set(transactionalId, done);
    },
    goAhead(coordinatorPartition, { written: command, partitions, ...decided }, coordinatorEpoch) {
      const key = jobKey(coordinatorPartition, command);
      if (closed || underWay.has(key) || ahead.has(key)) return;
      const marker = { ...decided, coordinatorEpoch };
      const went = new Map<string, Promise<boolean>>();
      for (const { topic, index } of placesIn(partitions)) {
        const isThere = endAtOnce(topic, index, marker);
        if (isThere) went.set(placeKey(topic, index), isThere);
      }
      if (went.size === 0) return;
      ahead.set(key, went);
      // A decision that is lost takes these with it, and nobody asks for them.
      void Promise.all(went.values()).then((there) => {
        if (!there.every(Boolean) && ahead.get(key) === went) ahead.delete(key);
      });
    },
    completion: (transactionalId) => latest.get(transactionalId),
    pending: () => underWay.size,
    close() {
      closed = true;
    },
  };
}

const placesIn = (partitions: MarkersToWrite["partitions"]) =>
  [...partitions].flatMap(([topic, indexes]) => [...indexes].map((index) => ({ topic, index })));
const placeKey = (topic: string, index: number): string => `${index} ${topic}`;

const jobKey = (partition: number, { transactionalId, producerId, producerEpoch, decidedAtMs }: Written): string =>
  `${partition} ${producerId} ${producerEpoch} ${decidedAtMs} ${transactionalId}`;
