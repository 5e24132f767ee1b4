// A transactional producer's transactions, one after another.
//
//   idle ──begin──▶ open ──commit, abort──▶ ending ──▶ idle
//                    │ a record or request fails
//                    ▼
//                  failed ──abort──▶ ending                       any ──fenced──▶ fatal
//
// A transaction whose end is not known, because no answer came, stays `ending`: the same end may be asked for again, and the next
// transaction begins by having the coordinator decide (InitProducerId completes what was begun).
import { ClientError } from "../../errors.js";
import type { Behind, Gate } from "../gate.js";
import type { Identity } from "../numbering.js";
import type { Slot } from "../slot.js";
import { type TransactionVersion, transactionCoordinator } from "./coordinator.js";
import { abortableError, fatalError, invalidState, isFatal } from "./errors.js";
import { commitOffsets, type GroupIdentity, type OffsetToCommit } from "./offsets.js";
import { registrar } from "./registrar.js";

type State =
  | { readonly kind: "idle" }
  | { readonly kind: "open" }
  | { readonly kind: "failed"; readonly error: ClientError }
  | { readonly kind: "ending"; readonly committed: boolean }
  | { readonly kind: "fatal"; readonly error: ClientError };

export interface Transactions extends Gate {
  /** Throws ClientError unless records may be sent now. */
  checkOpen(): void;
  /** It has failed, and `abort` is what is left to do. */
  readonly mayAbort: boolean;
  begin(): Promise<void>;
  commitOffsets(group: GroupIdentity, offsets: readonly OffsetToCommit[]): Promise<void>;
  commit(): Promise<void>;
  abort(): Promise<void>;
}

export interface TransactionsContext extends Behind {
  readonly transactionalId: string;
  slots(): Iterable<Slot>;
  /** Resolves when nothing is under way; what fails is told to `lost`. */
  drained(): Promise<void>;
  /** Gives up all that is not under way, wherever it waits. */
  dropAll(error: ClientError): void;
}

/** The last version of Produce that needs partitions to be added to the transaction before. */
const BEFORE_IMPLICIT = 11;

export function transactionsOf(context: TransactionsContext): Transactions {
  const { cluster, settings, transactionalId, wake } = context;
  const coordinator = transactionCoordinator(cluster, settings, transactionalId);
  let state: State = { kind: "idle" };
  let identity: Identity | undefined;
  let version: TransactionVersion = 1;
  /** Whether the coordinator may know of this transaction. */
  let begun = false;
  let beginning = false;
  /** Whether numbers of batches may have been lost, so that the next transaction needs another epoch. */
  let numbersLost = false;
  const groups = new Set<string>();

  const fail = (error: ClientError) => {
    if (state.kind === "open") state = { kind: "failed", error: abortableError(error, settings.transactionTimeoutMs) };
    if (state.kind === "failed") context.dropAll(state.error);
  };
  const fatal = (cause: ClientError): ClientError => {
    const error = fatalError(cause, transactionalId, settings.transactionTimeoutMs);
    if (state.kind !== "fatal") state = { kind: "fatal", error };
    context.dropAll(error);
    return error;
  };
  /** Runs what the coordinator is asked for; what it refuses ends the transaction, or the producer. */
  const guarded = async <Result>(task: () => Promise<Result>): Promise<Result> => {
    try {
      return await task();
    } catch (error) {
      if (isFatal(error)) throw fatal(error);
      if (error instanceof ClientError) fail(error);
      throw error;
    }
  };
  const current = (): Identity => {
    if (!identity) throw invalidState("no transaction was begun");
    return identity;
  };
  const adopt = (next: Identity) => {
    identity = next;
    for (const { queue } of context.slots()) queue.adopt(next);
  };
  const partitions = registrar({
    add: (those) => guarded(() => coordinator.addPartitions(current(), those)),
    added: wake,
  });

  const checkOpen = () => {
    if (state.kind === "failed" || state.kind === "fatal") throw state.error;
    if (state.kind !== "open") throw invalidState("no transaction is open: begin one");
  };
  const end = async (committed: boolean) => {
    state = { kind: "ending", committed };
    if (begun) {
      try {
        const next = await coordinator.end(current(), version, committed);
        if (version === 2) adopt(next);
        else if (numbersLost) adopt(await coordinator.init(current()));
      } catch (error) {
        throw isFatal(error) ? fatal(error) : error;
      }
    }
    begun = false;
    numbersLost = false;
    groups.clear();
    partitions.clear();
    state = { kind: "idle" };
  };

  return {
    checkOpen,
    get mayAbort() {
      return state.kind === "open" || state.kind === "failed";
    },
    admits(slot) {
      if (state.kind !== "open" && state.kind !== "ending") return false;
      if (slot.queue.needsIdentity) slot.queue.adopt(current());
      begun = true;
      return version === 2 || partitions.has(slot);
    },
    maxVersion: () => (version === 2 ? undefined : BEFORE_IMPLICIT),
    mayRetry: () => state.kind !== "failed" && state.kind !== "fatal" && !(state.kind === "ending" && !state.committed),
    lost(error, wasSent) {
      numbersLost ||= wasSent;
      fail(error);
    },
    async begin() {
      if (state.kind === "fatal") throw state.error;
      const isOpen = beginning || state.kind === "open" || state.kind === "failed";
      if (isOpen) throw invalidState("the transaction before is not over: commit or abort it");
      beginning = true;
      try {
        await guarded(async () => {
          version = await coordinator.version();
          if (!identity || state.kind === "ending") adopt(await coordinator.init());
        });
      } finally {
        beginning = false;
      }
      begun = false;
      numbersLost = false;
      groups.clear();
      partitions.clear();
      state = { kind: "open" };
    },
    async commitOffsets(group, offsets) {
      checkOpen();
      if (offsets.length === 0) return;
      await guarded(async () => {
        begun = true;
        if (version === 1 && !groups.has(group.groupId)) await coordinator.addGroup(current(), group.groupId);
        groups.add(group.groupId);
        const withinMs = settings.deliveryTimeoutMs;
        await commitOffsets(cluster, { transactionalId, identity: current(), version, withinMs }, group, offsets);
      });
    },
    async commit() {
      if (!(state.kind === "ending" && state.committed)) {
        checkOpen();
        await context.drained();
        checkOpen();
      }
      await end(true);
    },
    async abort() {
      if (state.kind === "fatal") throw state.error;
      if (state.kind === "idle") throw invalidState("no transaction is open");
      if (state.kind === "ending" && state.committed) throw invalidState("the transaction is being committed");
      state = { kind: "ending", committed: false };
      context.dropAll(new ClientError("TRANSACTION_ABORTABLE", "the transaction was aborted before the record was sent"));
      await context.drained();
      await end(false);
    },
  };
}
