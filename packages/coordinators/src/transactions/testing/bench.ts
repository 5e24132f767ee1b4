// The machine on a bench: with a clock that moves when told, producer ids that count from 1, and markers that are written when told.
import { millis } from "@moldau/std";
import type { EncodedEvent } from "../../runtime/machine.js";
import type { MarkersWrittenCommand, TransactionsCommand } from "../commands.js";
import type { TransactionsDecision } from "../decision.js";
import { transactionsMachine } from "../machine.js";
import { type MarkersToWrite, OUTGOING } from "../markers.js";
import type { TransactionsEvent, TransactionsState } from "../state.js";
import type { TransactionsConfig, TransactionsWorld } from "../world.js";
import { testConfig } from "./test-config.js";

export interface Outcome {
  readonly events: readonly TransactionsEvent[];
  readonly answers: readonly { readonly to: number; readonly response: unknown }[];
  readonly markers: readonly MarkersToWrite[];
  readonly timers: TransactionsDecision["timers"];
}

export interface Bench {
  decide(command: TransactionsCommand): Outcome;
  /** Time passes; what is due comes back, each with its timer's name. */
  pass(ms: number): readonly { readonly due: string; readonly outcome: Outcome }[];
  /** The broker has written markers it was asked for, the oldest first; what that leads to, one outcome for each that was asked. */
  writeMarkers(atMost?: number): readonly Outcome[];
  /** Those that were asked for and not written yet. */
  pendingMarkers(): readonly MarkersWrittenCommand[];
  /** What the topic keeps is read again. The markers that were under way may be written all the same. */
  restart(): Outcome;
  /** Something is in the topic that no command of this bench has decided. */
  put(event: TransactionsEvent): void;
  set(config: Partial<TransactionsConfig>): void;
  /** How many producer ids there still are at hand. */
  producerIds(left: number): void;
  state(): TransactionsState;
  timers(): ReadonlyMap<string, number>;
  now(): number;
}

export function bench(): Bench {
  let state = transactionsMachine.empty();
  let nowMs = 1_000_000;
  let config = testConfig;
  let lastProducerId = 0;
  let producerIdsLeft = Number.POSITIVE_INFINITY;
  const asked: MarkersWrittenCommand[] = [];
  const timers = new Map<string, { readonly atMs: number; readonly command: TransactionsCommand }>();
  const kept: EncodedEvent[] = [];

  const world = (): TransactionsWorld => ({
    now: millis(nowMs),
    config,
    newProducerId: () => (producerIdsLeft-- > 0 ? ++lastProducerId : undefined),
  });

  const put = (event: TransactionsEvent) => {
    const record = transactionsMachine.encode(event);
    if (record) kept.push(record);
    transactionsMachine.apply(state, event);
  };

  const carryOut = ({ events, replies, timers: changes }: TransactionsDecision): Outcome => {
    for (const event of events) put(event);
    for (const change of changes) {
      if (change.kind === "cancel") timers.delete(change.name);
      else timers.set(change.name, { atMs: nowMs + change.afterMs, command: change.command });
    }
    const markers = replies.filter(({ to }) => to === OUTGOING.id).map(({ response }) => response as MarkersToWrite);
    asked.push(...markers.map(({ written }) => written));
    return { events, answers: replies.filter(({ to }) => to !== OUTGOING.id), markers, timers: changes };
  };

  const decide = (command: TransactionsCommand) => carryOut(transactionsMachine.decide(state, command, world()));

  return {
    decide,
    put,
    pass(ms) {
      const outcomes = [];
      const until = nowMs + ms;
      for (;;) {
        const ready = [...timers].filter(([, { atMs }]) => atMs <= until);
        const due = ready.sort(([one, a], [other, b]) => a.atMs - b.atMs || (one < other ? -1 : 1))[0];
        if (!due) break;
        const [name, { atMs, command }] = due;
        timers.delete(name);
        nowMs = Math.max(nowMs, atMs);
        outcomes.push({ due: name, outcome: decide(command) });
      }
      nowMs = until;
      return outcomes;
    },
    writeMarkers: (atMost = asked.length) => asked.splice(0, atMost).map(decide),
    pendingMarkers: () => asked,
    restart() {
      state = transactionsMachine.empty();
      timers.clear();
      for (const { key, value } of kept) {
        const event = transactionsMachine.decode(key, value);
        if (event) transactionsMachine.apply(state, event);
      }
      return carryOut(transactionsMachine.loaded(state, world()));
    },
    set(changes) {
      config = { ...config, ...changes };
    },
    producerIds(left) {
      producerIdsLeft = left;
    },
    state: () => state,
    timers: () => new Map([...timers].map(([name, { atMs }]) => [name, atMs])),
    now: () => nowMs,
  };
}
