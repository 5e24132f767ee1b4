// A coordinator: one machine over one partition of an internal topic.
//
//   idle ──first command──► loading ──replayed──► active ──append failed──► loading (after a pause) …        any ──close──► closed
//
// Commands that come while it loads wait for a bounded time: a client that is refused waits longer than that before it asks again.
// Invariant: what is answered is durable, and so is everything that was decided before it.
import type { Clock, Timer, Timers } from "@moldau/env";
import { AssertionError } from "@moldau/std";
import { type Appends, batchedAppends } from "./appends.js";
import { backoff } from "./backoff.js";
import type { ReportCoordinator } from "./events.js";
import { type EncodedMarker, encodedBytes, type InternalLog } from "./internal-log.js";
import type { Decision, EncodedEvent, Machine, Reply, Ticket } from "./machine.js";
import { namedTimers } from "./named-timers.js";
import { type CoordinatorLimits, isFull, type Occupancy } from "./occupancy.js";
import { replay } from "./replay.js";

/** Why a command got no answer. All but the last tell clients to look for the coordinator and try again; that one: what it decided is too large to be kept. */
export type CoordinatorRefusal = "COORDINATOR_LOAD_IN_PROGRESS" | "COORDINATOR_NOT_AVAILABLE" | "NOT_COORDINATOR" | "UNKNOWN_SERVER_ERROR";

export type Outcome<Response> =
  | { readonly kind: "answered"; readonly response: Response }
  | { readonly kind: "refused"; readonly error: CoordinatorRefusal };

export interface Question<Response, Command> {
  /** Rejects only when deciding threw. */
  readonly outcome: Promise<Outcome<Response>>;
  /** Nobody waits for the answer any more. The machine is told by the command that `command` gives. Idempotent. */
  abandon(command: (ticket: Ticket<unknown>) => Command): void;
}

export interface Coordinator<State, Command> {
  readonly partition: number;
  ask<Response>(command: (ticket: Ticket<Response>) => Command): Question<Response, Command>;
  /** A command that has no answer. One that comes while the state is loaded waits for it. */
  tell(command: Command): void;
  /**
   * Loads the state unless it is there or on its way. Resolves when it is, or when the coordinator is closed; or when reading it has
   * failed, which is tried again behind.
   */
  load(): Promise<void>;
  /** The state, when it is there. Not to be changed. */
  state(): State | undefined;
  /** Refuses who waits and whoever comes. Resolves when what was decided is durable, or lost. */
  close(): Promise<void>;
}

export interface CoordinatorOptions<State, Command, Event, World> {
  readonly partition: number;
  readonly machine: Machine<State, Command, Event, World>;
  readonly log: InternalLog;
  /** What a decision may know, as of now. */
  readonly world: () => World;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly occupancy: Occupancy;
  readonly limits: CoordinatorLimits;
  readonly report: ReportCoordinator;
  /** What a machine wants done: its replies to `NOBODY`, once what it decided is durable. */
  readonly outgoing?: (partition: number, response: unknown) => void;
  /** The same, as soon as the decision is on its way: for what is not durable unless the decision is. It may be in vain. */
  readonly anticipated?: (partition: number, response: unknown) => void;
  /** An invariant is broken. */
  readonly fatal: (error: Error) => void;
}

/** How long a command waits for the state: less than clients wait for an answer, longer than a load usually takes. */
const LOADING_WAIT_MS = 2_000;
const QUEUED_AT_MOST = 10_000;
/** The id of no ticket. */
const NOBODY = 0;

interface Asker {
  readonly resolve: (outcome: Outcome<never>) => void;
  readonly reject: (error: unknown) => void;
}

interface Queued<Command> {
  /** Undefined: nobody waits for an answer. */
  readonly ticket: Ticket<never> | undefined;
  readonly command: Command;
}

type Phase<State> =
  | { readonly kind: "idle" }
  | { readonly kind: "loading"; readonly tried: Promise<void> }
  | { readonly kind: "active"; readonly state: State; readonly appends: Appends }
  | { readonly kind: "closed"; readonly drained: Promise<void> };

const refused = (error: CoordinatorRefusal): Outcome<never> => ({ kind: "refused", error });
const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

export function coordinator<State, Command, Event, World>(
  options: CoordinatorOptions<State, Command, Event, World>,
): Coordinator<State, Command> {
  const { partition, machine, log, world, clock, timers, occupancy, limits, report, outgoing, anticipated, fatal } = options;
  const askers = new Map<number, Asker>();
  const due = namedTimers<Command>(clock, timers, (command) => decideUnasked(command));
  const patience = backoff(timers);
  let phase: Phase<State> = { kind: "idle" };
  let queue: Queued<Command>[] = [];
  let queueTimer: Timer | undefined;
  let lastTicketId = NOBODY;
  let failing: "reading" | "writing" | undefined;

  const settle = (ticketId: number): Asker | undefined => {
    const asker = askers.get(ticketId);
    if (asker && askers.delete(ticketId)) occupancy.waiting--;
    return asker;
  };
  const deliver = ({ to, response }: Reply) => {
    if (to === NOBODY) outgoing?.(partition, response);
    else settle(to)?.resolve({ kind: "answered", response: response as never });
  };
  const refuseAll = (error: CoordinatorRefusal) => {
    for (const ticketId of [...askers.keys()]) settle(ticketId)?.resolve(refused(error));
  };

  const decide = (command: Command, failed: (error: Error) => void) => {
    if (phase.kind !== "active") return;
    let decided: Encoded<Command, Event>;
    try {
      decided = encoded(machine, machine.decide(phase.state, command, world()), log.maxRecordBytes);
    } catch (error) {
      if (error instanceof AssertionError) fatal(error);
      failed(asError(error));
      return;
    }
    carryOut(decided, phase);
  };

  /** From here on the state would not be the log's if something threw. */
  const carryOut = ({ decision, records }: Encoded<Command, Event>, { state, appends }: Phase<State> & { readonly kind: "active" }) => {
    try {
      for (const event of decision.events) machine.apply(state, event);
      for (const change of decision.timers) {
        if (change.kind === "set") due.set(change.name, change.afterMs, change.command);
        else due.cancel(change.name);
      }
      if (records.length > 0 || decision.replies.length > 0) appends.add(records, decision.replies);
    } catch (error) {
      fatal(asError(error));
    }
  };

  const decideUnasked = (command: Command) => decide(command, (error) => report({ kind: "undecided", partition, error }));
  const decideQueued = ({ ticket, command }: Queued<Command>) =>
    ticket ? decide(command, (error) => undecided(ticket.id, error)) : decideUnasked(command);
  const undecided = (ticketId: number, error: Error) => {
    const asker = settle(ticketId);
    if (!(error instanceof RecordTooLarge)) return asker?.reject(error);
    report({ kind: "undecided", partition, error });
    asker?.resolve(refused("UNKNOWN_SERVER_ERROR"));
  };

  const enqueue = (queued: Queued<Command>) => {
    queue.push(queued);
    if (queued.ticket) queueTimer ??= timers.after(LOADING_WAIT_MS, refuseQueued);
  };
  const refuseQueued = () => {
    queueTimer = undefined;
    const waiting = queue;
    queue = waiting.filter(({ ticket }) => !ticket);
    for (const { ticket } of waiting) if (ticket) settle(ticket.id)?.resolve(refused("COORDINATOR_LOAD_IN_PROGRESS"));
  };

  const startLoading = (after: Promise<void>): Promise<void> => {
    const tried = new Promise<void>((resolve) => void after.then(() => load(resolve)).then(resolve));
    phase = { kind: "loading", tried };
    return tried;
  };

  const wanted = () => phase.kind === "loading";

  const load = async (tried: () => void) => {
    const beganMs = clock.monotonicMs();
    for (;;) {
      if (failing) await patience.pause();
      if (!wanted()) return;
      try {
        const unreadable = (offset: number, reason: string) => report({ kind: "unreadable", partition, offset, reason });
        const replayed = await replay({ log, machine, clock, timers, wanted, unreadable });
        if (!replayed || !wanted()) return;
        const { state, records, bytes } = replayed;
        report({ kind: "loaded", partition, records, bytes, tookMs: clock.monotonicMs() - beganMs });
        if (failing === "reading") healed();
        return activate(state);
      } catch (error) {
        if (error instanceof AssertionError) fatal(error);
        fail("reading", asError(error));
        tried();
      }
    }
  };

  const activate = (state: State) => {
    const first = encoded(machine, machine.loaded(state, world()), log.maxRecordBytes);
    let noneUnderWay = () => {};
    const appends = batchedAppends({
      log,
      occupancy,
      deliver,
      underWay: ({ to, response }) => (to === NOBODY ? anticipated?.(partition, response) : undefined),
      landed: () => failing && healed(),
      failed(error) {
        fail("writing", error);
        if (phase.kind !== "active") return;
        due.clear();
        refuseAll("NOT_COORDINATOR");
        void startLoading(
          new Promise((resolve) => {
            noneUnderWay = resolve;
          }),
        );
      },
      settled: () => noneUnderWay(),
    });
    const active = { kind: "active" as const, state, appends };
    phase = active;
    carryOut(first, active);
    queueTimer?.cancel();
    queueTimer = undefined;
    for (const queued of queue.splice(0)) decideQueued(queued);
  };

  const fail = (what: typeof failing, error: Error) => {
    if (!failing) report({ kind: "failing", partition, error });
    failing = what;
  };
  const healed = () => {
    failing = undefined;
    patience.reset();
    report({ kind: "healed", partition });
  };

  return {
    partition,
    ask<Response>(command: (ticket: Ticket<Response>) => Command) {
      const refusal = refusalNow();
      if (refusal) return { outcome: Promise.resolve(refused(refusal)), abandon: () => {} };
      const ticket: Ticket<Response> = { id: ++lastTicketId };
      const outcome = new Promise<Outcome<Response>>((resolve, reject) => void askers.set(ticket.id, { resolve, reject }));
      occupancy.waiting++;
      if (phase.kind === "idle") void startLoading(Promise.resolve());
      const queued = { ticket: ticket as Ticket<never>, command: command(ticket) };
      if (phase.kind === "active") decideQueued(queued);
      else enqueue(queued);
      return {
        outcome,
        abandon(tell) {
          const asker = settle(ticket.id);
          if (!asker) return;
          asker.resolve(refused("NOT_COORDINATOR"));
          const waiting = queue.findIndex((other) => other.ticket === ticket);
          if (waiting >= 0) queue.splice(waiting, 1);
          else decideUnasked(tell(ticket));
        },
      };
    },
    tell(command) {
      if (phase.kind === "idle") void startLoading(Promise.resolve());
      if (phase.kind === "active") decideUnasked(command);
      else if (phase.kind === "loading") enqueue({ ticket: undefined, command });
    },
    load() {
      if (phase.kind === "idle") return startLoading(Promise.resolve());
      return phase.kind === "loading" ? phase.tried : Promise.resolve();
    },
    state: () => (phase.kind === "active" ? phase.state : undefined),
    close() {
      if (phase.kind === "closed") return phase.drained;
      const drained = phase.kind === "active" ? phase.appends.drained() : Promise.resolve();
      phase = { kind: "closed", drained };
      due.clear();
      patience.end();
      queueTimer?.cancel();
      queue = [];
      // What is decided is answered once it is durable; the others have nothing to wait for.
      return drained.then(() => refuseAll("NOT_COORDINATOR"));
    },
  };

  function refusalNow(): CoordinatorRefusal | undefined {
    if (phase.kind === "closed") return "NOT_COORDINATOR";
    if (isFull(occupancy, limits)) return "COORDINATOR_NOT_AVAILABLE";
    return phase.kind === "loading" && queue.length >= QUEUED_AT_MOST ? "COORDINATOR_LOAD_IN_PROGRESS" : undefined;
  }
}

interface Encoded<Command, Event> {
  readonly decision: Decision<Command, Event>;
  readonly records: readonly (EncodedEvent | EncodedMarker)[];
}

const NO_RECORDS: readonly EncodedEvent[] = [];

/** What a decision writes, before any of it is applied: what cannot be written has not happened. */
function encoded<Command, Event>(
  machine: Pick<Machine<never, never, Event, never>, "encode" | "encodeMarker">,
  decision: Decision<Command, Event>,
  maxRecordBytes: number,
): Encoded<Command, Event> {
  if (decision.events.length === 0) return { decision, records: NO_RECORDS };
  const records: (EncodedEvent | EncodedMarker)[] = [];
  for (const event of decision.events) {
    const end = machine.encodeMarker?.(event);
    const record = end ? { marker: end } : machine.encode(event);
    if (!record) continue;
    if (encodedBytes(record) > maxRecordBytes)
      throw new RecordTooLarge(`a record of ${encodedBytes(record)} bytes; at most ${maxRecordBytes} fit`);
    records.push(record);
  }
  return { decision, records };
}

class RecordTooLarge extends Error {
  override readonly name = "RecordTooLarge";
}
