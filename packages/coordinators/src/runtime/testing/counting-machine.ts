// A machine small enough to check everything about the runtime by: named counters that grow, and askers that wait for one to reach a value.

import { type Machine, reply, type Ticket } from "../machine.js";
import { decodeText, encodeText } from "./text.js";

export interface Counters {
  readonly values: Map<string, number>;
  readonly waiting: Map<number, { readonly ticket: Ticket<number>; readonly name: string }>;
}

export type CountersCommand =
  /** Answers with the value it has come to. */
  | { readonly kind: "add"; readonly name: string; readonly by: number; readonly ticket: Ticket<number> | undefined }
  | { readonly kind: "read"; readonly name: string; readonly ticket: Ticket<number> }
  /** Answers when somebody adds to the name. */
  | { readonly kind: "wait"; readonly name: string; readonly ticket: Ticket<number> }
  | { readonly kind: "abandoned"; readonly ticket: Ticket<unknown> }
  /** Adds one, later. */
  | { readonly kind: "later"; readonly name: string; readonly afterMs: number; readonly ticket: Ticket<number> }
  | { readonly kind: "large"; readonly bytes: number; readonly ticket: Ticket<number> }
  | { readonly kind: "confused"; readonly ticket: Ticket<number> };

export type CountersEvent =
  | { readonly kind: "is"; readonly name: string; readonly value: number }
  | { readonly kind: "waits"; readonly ticket: Ticket<number>; readonly name: string }
  | { readonly kind: "waitsNoMore"; readonly ticketId: number };

export const countingMachine: Machine<Counters, CountersCommand, CountersEvent, undefined> = {
  empty: () => ({ values: new Map(), waiting: new Map() }),
  decide({ values, waiting }, command) {
    const nothing = { events: [], replies: [], timers: [] };
    switch (command.kind) {
      case "read":
        return { ...nothing, replies: [reply(command.ticket, values.get(command.name) ?? 0)] };
      case "add": {
        const value = (values.get(command.name) ?? 0) + command.by;
        const waited = [...waiting.values()].filter(({ name }) => name === command.name);
        return {
          ...nothing,
          events: [
            { kind: "is", name: command.name, value },
            ...waited.map(({ ticket }) => ({ kind: "waitsNoMore" as const, ticketId: ticket.id })),
          ],
          replies: [...(command.ticket ? [reply(command.ticket, value)] : []), ...waited.map(({ ticket }) => reply(ticket, value))],
        };
      }
      case "wait":
        return { ...nothing, events: [{ kind: "waits", ticket: command.ticket, name: command.name }] };
      case "abandoned":
        return { ...nothing, events: [{ kind: "waitsNoMore", ticketId: command.ticket.id }] };
      case "later": {
        const { name, afterMs, ticket } = command;
        const timer = { kind: "set" as const, name, afterMs, command: { kind: "add" as const, name, by: 1, ticket: undefined } };
        return { ...nothing, timers: [timer], replies: [reply(ticket, 0)] };
      }
      case "large":
        return { ...nothing, events: [{ kind: "is", name: "x".repeat(command.bytes), value: 1 }], replies: [reply(command.ticket, 1)] };
      case "confused":
        throw new TypeError("the machine is confused");
    }
  },
  apply({ values, waiting }, event) {
    if (event.kind === "is") values.set(event.name, event.value);
    else if (event.kind === "waits") waiting.set(event.ticket.id, event);
    else waiting.delete(event.ticketId);
  },
  encode: (event) => (event.kind === "is" ? { key: encodeText(event.name), value: encodeText(String(event.value)) } : undefined),
  decode: (key, value) => (value ? { kind: "is", name: decodeText(key), value: Number(decodeText(value)) } : undefined),
  loaded: () => ({ events: [], replies: [], timers: [] }),
};
