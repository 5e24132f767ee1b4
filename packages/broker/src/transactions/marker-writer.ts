// Writes the markers of decided transactions, again and again until it is done: a decision is never taken back. Then tells the coordinator.
//
// Invariant: of a decision, one job is under way, however often it is asked for. A second one could write its marker late, into the
// producer's next transaction.
import type { MarkersToWrite } from "@moldau/coordinators";
import type { Timers } from "@moldau/env";
import { failureReasonOr } from "../failure.js";
import type { Logger } from "../logger.js";
import type { MarkerFacts } from "../partitions/producer-state.js";
import type { EndInPartition } from "./end-in-partition.js";

type Written = MarkersToWrite["written"];

export interface MarkerWriter {
  /** For the coordinator of that partition of __transaction_state. */
  add(coordinatorPartition: number, markers: MarkersToWrite, coordinatorEpoch: number): void;
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
  readonly written: (coordinatorPartition: number, command: Written) => void;
  /** An invariant is broken. */
  readonly fatal: (error: Error) => void;
}

const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 5_000;

export function markerWriter({ timers, log, endIn, written, fatal }: MarkerWriterOptions): MarkerWriter {
  const underWay = new Set<string>();
  const latest = new Map<string, Promise<void>>();
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
      const { transactionalId } = command;
      const marker = { ...decided, coordinatorEpoch };
      const writes = [...partitions].flatMap(([topic, indexes]) => [...indexes].map((index) => writeTo(topic, index, marker)));
      const done = Promise.all(writes).then((outcomes) => {
        underWay.delete(key);
        if (latest.get(transactionalId) === done) latest.delete(transactionalId);
        if (outcomes.every(Boolean)) written(coordinatorPartition, command);
      });
      latest.set(transactionalId, done);
    },
    completion: (transactionalId) => latest.get(transactionalId),
    pending: () => underWay.size,
    close() {
      closed = true;
    },
  };
}

const jobKey = (partition: number, { transactionalId, producerId, producerEpoch, decidedAtMs }: Written): string =>
  `${partition} ${producerId} ${producerEpoch} ${decidedAtMs} ${transactionalId}`;
