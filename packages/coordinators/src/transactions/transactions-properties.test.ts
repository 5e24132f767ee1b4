// What holds whatever producers, brokers, crashes and time do to transactions.
import { errors } from "@moldau/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type TransactionsEvent, transactionEvent } from "./state.js";
import { type Act, act } from "./testing/arbitrary.js";
import { type Bench, bench, type Outcome } from "./testing/bench.js";
import { type Player, player } from "./testing/player.js";
import { created, FENCING_EPOCH, isDecided, type Partitions, type Transaction, type TransactionStatus } from "./transaction.js";

const acts = fc.array(act, { minLength: 1, maxLength: 60 });
/** Where an id's epochs begin: mostly near their end, which is far for clients and near for tests. */
const firstEpoch = fc.constantFrom(0, 32_760, 32_765);
const RUNS = { numRuns: 400 };

function begin(epoch: number): { readonly machine: Bench; readonly players: Player } {
  const machine = bench();
  for (const id of ["a", "b"]) {
    if (epoch > 0) machine.put(transactionEvent(id, { ...created(1_000, 60_000, machine.now()), producerEpoch: epoch }));
  }
  return { machine, players: player(machine) };
}

const eventsOf = (outcomes: readonly Outcome[]): readonly TransactionsEvent[] => outcomes.flatMap(({ events }) => events);

/** What may follow what; undefined: the id is not known. */
const FOLLOWS: Readonly<Record<TransactionStatus | "unknown", readonly TransactionStatus[]>> = {
  unknown: ["Empty"],
  Empty: ["Empty", "Ongoing", "PrepareAbort"],
  Ongoing: ["Ongoing", "PrepareCommit", "PrepareAbort"],
  PrepareCommit: ["CompleteCommit"],
  PrepareAbort: ["CompleteAbort"],
  CompleteCommit: ["Empty", "Ongoing", "PrepareAbort"],
  CompleteAbort: ["Empty", "Ongoing", "PrepareAbort"],
};

describe("transactions, whatever happens", () => {
  it("go from state to state as drawn, with epochs that never go back", () => {
    fc.assert(
      fc.property(acts, firstEpoch, (all, epoch) => {
        const { machine, players } = begin(epoch);
        const before = new Map(machine.state().transactions);
        const past = new Set<string>();
        for (const one of all) {
          for (const { transactionalId: id, transaction: next } of eventsOf(players.play(one))) {
            const last = before.get(id);
            expect(next && FOLLOWS[last?.status ?? "unknown"]).toContain(next?.status);
            if (!next) continue;
            if (last && last.producerId !== next.producerId) past.add(`${id} ${last.producerId}`);
            else if (last) expect(next.producerEpoch).toBeGreaterThanOrEqual(last.producerEpoch);
            expect(past).not.toContain(`${id} ${next.producerId}`);
            before.set(id, next);
          }
        }
      }),
      RUNS,
    );
  });

  it("give no epoch to two producers, and none the one that only fences", () => {
    fc.assert(
      fc.property(acts, firstEpoch, (all, epoch) => {
        const { players } = begin(epoch);
        for (const one of all) {
          // A producer that says who it is may be told again; one that comes anew is somebody else.
          const anew = one.kind === "init" && one.who === undefined ? one.id : undefined;
          const before = anew ? players.told(anew) : [];
          players.play(one);
          const granted = anew ? players.told(anew).slice(before.length) : [];
          for (const producer of granted) expect(before.map(text)).not.toContain(text(producer));
        }
        for (const id of ["a", "b"]) {
          expect(players.told(id).filter(({ producerEpoch }) => producerEpoch === FENCING_EPOCH)).toEqual([]);
        }
      }),
      RUNS,
    );
  });

  it("write markers to all partitions they were told of, for one decision, and complete when told", () => {
    fc.assert(
      fc.property(acts, firstEpoch, (all, epoch) => {
        const { machine, players } = begin(epoch);
        const model = openTransactions();
        for (const one of all) {
          const due = machine.pendingMarkers()[0];
          const decision = due && machine.state().transactions.get(due.transactionalId);
          const outcomes = players.play(one);
          if (one.kind === "markers" && eventsOf(outcomes).length > 0) expect(decision?.updatedAtMs).toBe(due?.decidedAtMs);
          model.note(one, outcomes);
          for (const { markers } of outcomes) for (const asked of markers) model.check(asked);
          for (const [id, transaction] of machine.state().transactions) expectTended(machine, id, transaction);
        }
        machine.writeMarkers();
        machine.pass(60_000);
        machine.writeMarkers();
        const unfinished = [...machine.state().transactions.values()].filter((one) => isDecided(one) || one.status === "Ongoing");
        expect(unfinished).toEqual([]);
      }),
      RUNS,
    );
  });

  it("are the same after a restart at any point", () => {
    fc.assert(
      fc.property(acts, firstEpoch, (all, epoch) => {
        const [steady, restarted] = [begin(epoch), begin(epoch)];
        for (const one of all.filter(({ kind }) => kind !== "restart")) {
          const [expected, actual] = [steady.players.play(one), restarted.players.play(one)];
          expect(actual.flatMap(({ answers }) => answers)).toEqual(expected.flatMap(({ answers }) => answers));
          expect(eventsOf(actual)).toEqual(eventsOf(expected));
          // Kafka's records forget one thing: which epoch a producer without a transaction had before.
          if (mayForget(steady.machine)) continue;
          restarted.machine.restart();
          expect(restarted.machine.state()).toEqual(steady.machine.state());
        }
      }),
      RUNS,
    );
  });
});

const text = ({ producerId, producerEpoch }: { readonly producerId: number; readonly producerEpoch: number }) =>
  `${producerId}/${producerEpoch}`;

const mayForget = (machine: Bench): boolean =>
  [...machine.state().transactions.values()].some(({ status, lastProducerEpoch }) => status === "Empty" && lastProducerEpoch >= 0);

/** An open transaction has its time-out, a decided one its markers under way. */
function expectTended(machine: Bench, id: string, transaction: Transaction): void {
  if (transaction.status === "Ongoing") expect(machine.timers().has(`timeout(${id})`)).toBe(true);
  if (!isDecided(transaction)) return;
  const { producerId, producerEpoch, updatedAtMs } = transaction;
  const own = machine.pendingMarkers().filter(({ transactionalId, decidedAtMs }) => transactionalId === id && decidedAtMs === updatedAtMs);
  expect(own.map(text)).toContain(text({ producerId, producerEpoch }));
}

/** What clients were told is in the open transaction of each id, kept from their side alone. */
function openTransactions() {
  const open = new Map<string, Set<string>>();
  return {
    note(one: Act, outcomes: readonly Outcome[]) {
      if (one.kind !== "add" && one.kind !== "offsets") return;
      const answer = outcomes[0]?.answers[0]?.response as {
        readonly errorCode?: number;
        readonly topicResults?: readonly { readonly resultsByPartition: readonly { readonly partitionErrorCode: number }[] }[];
      };
      const error = answer.errorCode ?? answer.topicResults?.[0]?.resultsByPartition[0]?.partitionErrorCode;
      if (error !== errors.NONE.code) return;
      const partition = one.kind === "add" ? `${one.topic}-${one.partition}` : "__consumer_offsets-7";
      open.set(one.id, (open.get(one.id) ?? new Set()).add(partition));
    },
    check({ partitions, written }: Outcome["markers"][number]) {
      const key = `${written.transactionalId} ${written.decidedAtMs}`;
      const asked = flat(partitions);
      // Asked for again after a restart: the same as before.
      const expected = this.decided.get(key) ?? [...(open.get(written.transactionalId) ?? [])].sort();
      expect(asked).toEqual(expected);
      this.decided.set(key, asked);
      open.delete(written.transactionalId);
    },
    decided: new Map<string, readonly string[]>(),
  };
}

const flat = (partitions: Partitions): readonly string[] =>
  [...partitions].flatMap(([topic, indexes]) => [...indexes].map((index) => `${topic}-${index}`)).sort();
