// Putting decisions together: what every machine does in the same way.
import type { Decision } from "./machine.js";

export interface Decisions<Command, Event> {
  /** A decision from what there is of it. */
  decision(parts: Partial<Decision<Command, Event>>): Decision<Command, Event>;
  readonly NOTHING: Decision<Command, Event>;
  /** One after the other. None must have been decided on a state that another changes. */
  allOf(parts: readonly Decision<Command, Event>[]): Decision<Command, Event>;
}

export function decisions<Command, Event>(): Decisions<Command, Event> {
  return {
    decision: ({ events = [], replies = [], timers = [] }) => ({ events, replies, timers }),
    NOTHING: Object.freeze({ events: [], replies: [], timers: [] }),
    allOf: (parts) => ({
      events: parts.flatMap(({ events }) => events),
      replies: parts.flatMap(({ replies }) => replies),
      timers: parts.flatMap(({ timers }) => timers),
    }),
  };
}
