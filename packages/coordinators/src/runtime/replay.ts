// Loading: the records of an internal topic's partition, decoded and applied to an empty state, without keeping others waiting.
import type { Clock, Timers } from "@moldau/env";
import { ProtocolError } from "@moldau/protocol";
import { type BatchHeader, batches, controlType, coordinatorEpoch, RecordsError, readBatchHeader, records } from "@moldau/records";
import type { InternalLog } from "./internal-log.js";
import type { Machine, TransactionalProducer } from "./machine.js";

export interface ReplayOptions<State, Event> {
  readonly log: InternalLog;
  readonly machine: Pick<Machine<State, never, Event, never>, "empty" | "apply" | "decode" | "decodeMarker">;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Whether anybody still wants the state. */
  readonly wanted: () => boolean;
  /** A record that cannot be read. It is left out, for the rest of the partition is worth more. */
  readonly unreadable: (offset: number, reason: string) => void;
}

export interface Replayed<State> {
  readonly state: State;
  readonly records: number;
  readonly bytes: number;
}

/** How long replaying may keep others waiting. */
const TURN_MS = 5;
/** Looking at the clock costs more than applying a record. */
const RECORDS_PER_LOOK = 64;

/** Undefined when nobody wants the state any more. Rejects with what reading the log does. */
export async function replay<State, Event>(options: ReplayOptions<State, Event>): Promise<Replayed<State> | undefined> {
  const { log, machine, clock, timers, wanted } = options;
  const state = machine.empty();
  const progress = { records: 0, bytes: 0 };
  let turnBeganMs = clock.monotonicMs();
  for await (const bytes of log.read()) {
    progress.bytes += bytes.length;
    for (const event of eventsIn(bytes, options)) {
      if (event) machine.apply(state, event);
      if (++progress.records % RECORDS_PER_LOOK !== 0 || clock.monotonicMs() - turnBeganMs < TURN_MS) continue;
      await timers.yield();
      if (!wanted()) return undefined;
      turnBeganMs = clock.monotonicMs();
    }
    if (!wanted()) return undefined;
  }
  return { state, ...progress };
}

/** The event of each record and marker; undefined for one that is not ours or cannot be read. */
function* eventsIn<State, Event>(bytes: Uint8Array, options: ReplayOptions<State, Event>): Generator<Event | undefined> {
  for (const at of batches(bytes)) {
    const header = readBatchHeader(bytes, at);
    try {
      if (header.control) yield markerEvent(bytes, at, header, options.machine);
      else yield* recordEvents(bytes, at, header, options);
    } catch (error) {
      if (!(error instanceof RecordsError)) throw error;
      options.unreadable(header.baseOffset, error.message);
    }
  }
}

/** Of a control batch, which may be of a kind that is not ours. */
function markerEvent<State, Event>(
  bytes: Uint8Array,
  at: number,
  { producerId, producerEpoch }: BatchHeader,
  machine: ReplayOptions<State, Event>["machine"],
): Event | undefined {
  for (const record of records(bytes, at)) {
    const type = controlType(record);
    if (type !== "COMMIT" && type !== "ABORT") continue;
    const end = { producerId, producerEpoch, coordinatorEpoch: coordinatorEpoch(record), commit: type === "COMMIT" };
    return machine.decodeMarker?.(end);
  }
  return undefined;
}

function* recordEvents<State, Event>(
  bytes: Uint8Array,
  at: number,
  { transactional, producerId, producerEpoch }: BatchHeader,
  options: ReplayOptions<State, Event>,
): Generator<Event | undefined> {
  const producer = transactional ? { id: producerId, epoch: producerEpoch } : undefined;
  for (const { key, value, offset } of records(bytes, at)) yield key ? eventOf(key, value, offset, producer, options) : undefined;
}

function eventOf<State, Event>(
  key: Uint8Array,
  value: Uint8Array | null,
  offset: number,
  producer: TransactionalProducer | undefined,
  { machine, unreadable }: ReplayOptions<State, Event>,
): Event | undefined {
  try {
    // States keep parts of values: they must not keep the batch, nor lie in memory that is used again.
    return machine.decode(key, value && new Uint8Array(value), producer);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    unreadable(offset, error.message);
    return undefined;
  }
}
