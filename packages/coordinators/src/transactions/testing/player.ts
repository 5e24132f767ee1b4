// Plays random acts on a bench: keeps what producers were told of themselves, and turns acts into commands.
import { errors } from "@moldau/protocol";
import type { TransactionsCommand } from "../commands.js";
import type { Act } from "./arbitrary.js";
import type { Bench, Outcome } from "./bench.js";

export interface Producer {
  readonly producerId: number;
  readonly producerEpoch: number;
}

export interface Player {
  /** All that came of it, in order. */
  play(act: Act): readonly Outcome[];
  /** What has been given out with NONE, oldest first. */
  told(id: string): readonly Producer[];
}

const NOBODY: Producer = { producerId: 99_999, producerEpoch: 0 };
const TICKET = { id: 1 };

export function player(machine: Bench): Player {
  const told = new Map<string, Producer[]>();
  const of = (id: string, who: number): Producer => told.get(id)?.at(-1 - who) ?? NOBODY;

  const ask = (id: string, command: TransactionsCommand): Outcome => {
    const outcome = machine.decide(command);
    for (const { response } of outcome.answers) {
      const { errorCode, producerId = -1, producerEpoch = -1 } = response as Producer & { readonly errorCode?: number };
      if (errorCode !== errors.NONE.code || producerId < 0) continue;
      told.set(id, [...(told.get(id) ?? []), { producerId, producerEpoch }]);
    }
    return outcome;
  };

  const commandOf = (act: Extract<Act, { readonly id: string }>): TransactionsCommand => {
    const { id: transactionalId } = act;
    if (act.kind === "init") {
      const expected = act.who === undefined ? { producerId: -1, producerEpoch: -1 } : of(transactionalId, act.who);
      const request = { transactionalId, transactionTimeoutMs: act.timeoutMs, ...expected, enable2Pc: false, keepPreparedTxn: false };
      return { kind: "initProducerId", ticket: TICKET, version: 5, request };
    }
    const producer = of(transactionalId, act.who);
    if (act.kind === "add") {
      const topics = [{ name: act.topic, partitions: [act.partition] }];
      const request = { transactionalId, ...producer, verifyOnly: false, topics };
      return { kind: "addPartitions", ticket: TICKET, version: act.v2 ? 5 : 3, request };
    }
    if (act.kind === "offsets") {
      const request = { transactionalId, ...producer, groupId: "g" };
      return { kind: "addOffsets", ticket: TICKET, version: 4, request, offsetsPartition: 7 };
    }
    return { kind: "endTxn", ticket: TICKET, version: act.v2 ? 5 : 4, request: { transactionalId, ...producer, committed: act.commit } };
  };

  return {
    told: (id) => told.get(id) ?? [],
    play(act) {
      if (act.kind === "markers") return machine.writeMarkers(1);
      if (act.kind === "wait") return machine.pass(act.ms).map(({ outcome }) => outcome);
      if (act.kind === "restart") return [machine.restart()];
      return [ask(act.id, commandOf(act))];
    },
  };
}
