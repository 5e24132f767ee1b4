// What the answers to a transactional producer say, and whether they may: one that only a producer who is fenced may get needs a reason, a
// successor or a transaction that was open for too long; and who is fenced gets no other.

import { errorByCode } from "@moldau/protocol";
import { isLoss, type Reconnecting } from "../clients/reconnecting.js";
import type { SeededRandom } from "../time/seeded-random.js";
import { FENCED, type Life } from "./seat.js";

export interface AnswersOptions {
  readonly client: Reconnecting;
  readonly random: SeededRandom;
  readonly transactionalId: string;
  readonly timeoutMs: number;
  readonly life: Life;
}

export interface Answers {
  /** From now on a transaction may be open. */
  opens(): void;
  /** None is any more. */
  closes(): void;
  /** Whether the producer may be taken for fenced. */
  hasReason(): boolean;
  /** Whether the request is done or is to be sent again. Throws FENCED; or what is wrong with such an answer. */
  judged(what: string, name: string, sentMs: number, message?: string | null): "done" | "again";
  /** Asks until there is an answer that says more than to ask again. `doubted`: some request before may have been carried out. */
  again<Answer>(
    what: string,
    send: () => Promise<Answer>,
    codeOf: (answer: Answer) => number | undefined,
    doubted?: () => void,
  ): Promise<Answer>;
  /** What the epoch was raised from is not kept for long: one whose answer was lost may be taken for a zombie (KIP-360). */
  mayBeMistaken(may: boolean): void;
}

/** Times are kept in whole milliseconds. */
const TIMEOUT_SLACK_MS = 2;

const AGAIN = new Set([
  "CONCURRENT_TRANSACTIONS",
  "COORDINATOR_LOAD_IN_PROGRESS",
  "COORDINATOR_NOT_AVAILABLE",
  "NOT_COORDINATOR",
  "NOT_ENOUGH_REPLICAS",
  "KAFKA_STORAGE_ERROR",
  "REQUEST_TIMED_OUT",
]);
const TOLD_WHEN_FENCED = new Set(["PRODUCER_FENCED", "INVALID_PRODUCER_EPOCH", "INVALID_TXN_STATE", "TRANSACTION_ABORTABLE"]);

export function answersTo({ client, random, transactionalId, timeoutMs, life }: AnswersOptions): Answers {
  const { time } = client;
  /** Since when the transaction may be open, and how wrong the clock was then. */
  let opened: { readonly atMs: number; readonly shiftMs: number } | undefined;
  let mistakable = false;

  const shiftMs = () => time.clock.now() - time.wallMs();
  const hasReason = () =>
    mistakable ||
    life.succeededMs() !== undefined ||
    (opened !== undefined && (time.nowMs() - opened.atMs >= timeoutMs - TIMEOUT_SLACK_MS || opened.shiftMs !== shiftMs()));
  const checkTaken = (what: string, sentMs: number) => {
    const fencedMs = life.fencedMs();
    if (fencedMs !== undefined && fencedMs < sentMs)
      throw new Error(
        `${transactionalId}: a ${what} was taken at ${sentMs.toFixed(1)} ms, and the producer fenced at ${fencedMs.toFixed(1)} ms`,
      );
  };
  /** Throws when it is over. */
  const judged = (what: string, name: string, sentMs: number, message?: string | null): "done" | "again" => {
    if (name === "NONE") checkTaken(what, sentMs);
    if (name === "NONE") return "done";
    if (AGAIN.has(name)) return "again";
    if (TOLD_WHEN_FENCED.has(name) && hasReason()) throw FENCED;
    const since = opened ? `, open since ${opened.atMs.toFixed(1)} of ${timeoutMs} ms` : "";
    throw new Error(
      `${transactionalId}: a ${what} sent at ${sentMs.toFixed(1)} ms was answered with ${name} (${message ?? ""})${since}, for no reason`,
    );
  };
  const again: Answers["again"] = async <Answer>(
    what: string,
    send: () => Promise<Answer>,
    codeOf: (answer: Answer) => number | undefined,
    doubted = () => {},
  ): Promise<Answer> => {
    for (;;) {
      await life.step();
      const sentMs = time.nowMs();
      try {
        if (random.chance(0.02)) time.after(random.float(), () => client.hangUp());
        const answer = await send();
        if (judged(what, nameOf(codeOf(answer)), sentMs) === "done") return answer;
      } catch (error) {
        if (!isLoss(error)) throw error;
      }
      doubted();
      await time.pause(random.int(1, 20));
    }
  };
  return {
    again,
    judged,
    hasReason,
    opens() {
      opened ??= { atMs: time.nowMs(), shiftMs: shiftMs() };
    },
    closes() {
      opened = undefined;
    },
    mayBeMistaken(may) {
      mistakable = may;
    },
  };
}

export const nameOf = (errorCode: number | undefined): string => errorByCode(errorCode ?? -1).name;
