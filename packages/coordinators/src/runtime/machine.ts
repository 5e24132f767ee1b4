// What a coordinator's state machine is (DESIGN §8): a state, a function that decides and one that applies. Machines know no socket,
// clock, disk or other machine: everything comes with the command or from `world`, everything goes out as data.
//
//   command ──decide──► events ──apply──► state          at once, in memory
//                       events ──encode─► internal topic  one append for many decisions
//                       replies                           once everything decided so far is durable
//                       timers                            at once
//
// Invariant: `apply` is the only mutation of the state, and the same events give the same state: loading is replaying.

/** Where an answer goes. The runtime gives one to each command that a client waits for. */
export interface Ticket<Response> {
  readonly id: number;
  /** Only for the type checker: what the answer is. */
  readonly response?: Response;
}

export interface Reply {
  readonly to: number;
  readonly response: unknown;
}

/** An answer for a ticket, checked against the ticket's type. */
export const reply = <Response>(ticket: Ticket<Response>, response: Response): Reply => ({ to: ticket.id, response });

/** Timers have names: setting one again moves it. A command of the machine's own comes back when it is due. */
export type TimerChange<Command> =
  | { readonly kind: "set"; readonly name: string; readonly afterMs: number; readonly command: Command }
  | { readonly kind: "cancel"; readonly name: string };

export interface Decision<Command, Event> {
  readonly events: readonly Event[];
  readonly replies: readonly Reply[];
  readonly timers: readonly TimerChange<Command>[];
}

/** A key and a value of the internal topic; a null value is a tombstone. */
export interface EncodedEvent {
  readonly key: Uint8Array;
  readonly value: Uint8Array | null;
  /** Whose open transaction the record is part of: it counts only when that is committed (KIP-98). */
  readonly producer?: TransactionalProducer;
}

export interface TransactionalProducer {
  readonly id: number;
  readonly epoch: number;
}

/** The end of a producer's transaction: what it wrote before in the same partition counts, or never did. */
export interface TransactionEnd {
  readonly producerId: number;
  readonly producerEpoch: number;
  /** Of the transaction's coordinator. */
  readonly coordinatorEpoch: number;
  readonly commit: boolean;
}

export interface Machine<State, Command, Event, World> {
  /** The state of a partition of the internal topic that holds nothing. */
  empty(): State;
  /** Changes nothing. */
  decide(state: State, command: Command, world: World): Decision<Command, Event>;
  apply(state: State, event: Event): void;
  /** What the topic keeps of an event; undefined for one that only memory keeps, and that a restart forgets. */
  encode(event: Event): EncodedEvent | undefined;
  /** The same of an event that the topic keeps as a marker; absent in machines that write none. */
  encodeMarker?(event: Event): TransactionEnd | undefined;
  /**
   * The event of a record, or undefined when the record is of a kind that is not ours. Throws ProtocolError on damaged ones.
   * `producer`: see EncodedEvent.
   */
  decode(key: Uint8Array, value: Uint8Array | null, producer?: TransactionalProducer): Event | undefined;
  /** The event of a marker; absent likewise. */
  decodeMarker?(end: TransactionEnd): Event;
  /** After loading: the timers of what is there, the changes that time has made due. */
  loaded(state: State, world: World): Decision<Command, Event>;
}
