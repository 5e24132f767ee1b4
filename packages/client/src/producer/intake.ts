// Where records come in: within the bound of memory they go to their partition's batch at once; beyond it, or while their topic is not
// known yet, they wait in the order in which they came.
import { ClientError } from "../errors.js";
import type { Delivered, Failed } from "./batch.js";
import { placed } from "./dispatcher.js";
import type { PreparedRecord } from "./record.js";
import type { TopicState } from "./topics.js";

export interface IntakeContext {
  readonly bufferBytes: number;
  readonly deliveryTimeoutMs: number;
  monotonicMs(): number;
  topic(name: string): TopicState;
  find(topic: TopicState): Promise<void>;
  /** Puts the record into its batch; gives its bytes. Throws ClientError. */
  append(topic: TopicState, record: PreparedRecord, delivered: Delivered | undefined, failed: Failed): number;
  /** A record was given up for a reason of its own. */
  lost(error: ClientError): void;
}

export interface Intake {
  /** Takes the record, now or as soon as there is room. Without `delivered`, nobody waits once it is in a batch. */
  give(record: PreparedRecord, delivered: Delivered | undefined, failed: Failed, signal?: AbortSignal): void;
  readonly hasRoom: boolean;
  /** Resolves when half of the bound is free. */
  room(): Promise<void>;
  /** As many bytes more, or fewer, are not acknowledged. */
  grew(bytes: number): void;
  /** Resolves when all that came before has been given to a batch, or failed. */
  drained(): Promise<void>;
  /** Gives up those that have waited too long. */
  expire(): void;
  /** Gives up all that wait. */
  drop(error: (record: PreparedRecord) => ClientError): void;
  readonly bytes: number;
}

interface Waiting {
  /** Undefined: only marks a place. */
  readonly record: PreparedRecord | undefined;
  readonly delivered: Delivered | undefined;
  readonly failed: Failed;
  readonly signal: AbortSignal | undefined;
  readonly untilMs: number;
  readonly bytes: number;
}

/** What a record takes beside key and value, more or less. */
const RECORD_BYTES = 32;

export function intake(context: IntakeContext): Intake {
  const { bufferBytes, deliveryTimeoutMs } = context;
  let bytes = 0;
  /** Beyond the bound: those from `next` on. There may be a million. */
  let outside: Waiting[] = [];
  let next = 0;
  /** Within it, by topic that is not known yet. */
  const held = new Map<TopicState, Waiting[]>();
  let wanted: (() => void)[] = [];

  const lose = (failed: Failed, cause: unknown, record: PreparedRecord) => {
    const error = placed(cause, record);
    context.lost(error);
    // What a partitioner throws is the program's own.
    failed(cause instanceof ClientError ? error : cause);
  };
  const append = (topic: TopicState, record: PreparedRecord, delivered: Delivered | undefined, failed: Failed) => {
    try {
      bytes += context.append(topic, record, delivered, failed);
    } catch (error) {
      lose(failed, error, record);
    }
  };
  const waiting = (record: PreparedRecord, delivered: Delivered | undefined, failed: Failed, signal?: AbortSignal): Waiting => {
    const untilMs = context.monotonicMs() + deliveryTimeoutMs;
    return { record, delivered, failed, signal, untilMs, bytes: sizeOf(record) };
  };
  const hold = (topic: TopicState, one: Waiting) => {
    bytes += one.bytes;
    const others = held.get(topic);
    if (others) return void others.push(one);
    held.set(topic, [one]);
    context.find(topic).then(
      () => release(topic),
      (error) => release(topic, error),
    );
  };
  const release = (topic: TopicState, error?: unknown) => {
    const those = held.get(topic) ?? [];
    held.delete(topic);
    for (const one of those) {
      bytes -= one.bytes;
      if (error === undefined) enter(topic, one);
      else if (one.record) lose(one.failed, error, one.record);
      else one.failed(error);
    }
    admit();
  };
  const enter = (topic: TopicState, { record, delivered, failed, signal }: Waiting) => {
    if (!record) delivered?.(NOWHERE);
    else if (signal?.aborted) failed(signal.reason);
    else append(topic, record, delivered, failed);
  };
  const admit = () => {
    for (let one = outside[next]; one && (!one.record || bytes < bufferBytes); one = outside[next]) {
      next++;
      if (!one.record) one.delivered?.(NOWHERE);
      else {
        const topic = context.topic(one.record.topic);
        if (topic.slots.length === 0) hold(topic, one);
        else enter(topic, one);
      }
    }
    if (next * 2 >= outside.length) forgetTaken();
    if (wanted.length > 0 && outside.length === 0 && bytes <= bufferBytes / 2) {
      const those = wanted;
      wanted = [];
      for (const resolve of those) resolve();
    }
  };
  const forgetTaken = () => {
    outside = outside.slice(next);
    next = 0;
  };
  const mark = (list: Waiting[]): Promise<void> =>
    new Promise((done) => {
      list.push({ record: undefined, delivered: () => done(), failed: () => done(), signal: undefined, untilMs: Infinity, bytes: 0 });
    });

  return {
    get bytes() {
      return bytes;
    },
    get hasRoom() {
      return bytes < bufferBytes && outside.length === 0;
    },
    give(record, delivered, failed, signal) {
      if (bytes >= bufferBytes || outside.length > 0) return void outside.push(waiting(record, delivered, failed, signal));
      const topic = context.topic(record.topic);
      if (topic.slots.length === 0) hold(topic, waiting(record, delivered, failed, signal));
      else append(topic, record, delivered, failed);
    },
    room() {
      return new Promise((resolve) => {
        wanted.push(resolve);
        admit();
      });
    },
    grew(by) {
      bytes += by;
      if (by < 0) admit();
    },
    async drained() {
      while (outside.length > 0) await mark(outside);
      await Promise.all([...held.values()].map(mark));
    },
    expire() {
      const nowMs = context.monotonicMs();
      // The first is the one that has waited longest.
      for (let one = outside[next]; one && (!one.record || one.untilMs <= nowMs); one = outside[++next]) {
        if (one.record) lose(one.failed, late(one.record, deliveryTimeoutMs), one.record);
        else one.delivered?.(NOWHERE);
      }
      forgetTaken();
    },
    drop(error) {
      const dropped = [...outside.slice(next), ...[...held.values()].flat()];
      outside = [];
      next = 0;
      for (const list of held.values()) bytes -= list.splice(0).reduce((sum, one) => sum + one.bytes, 0);
      for (const { record, delivered, failed } of dropped) {
        if (record) failed(error(record));
        else delivered?.(NOWHERE);
      }
    },
  };
}

const NOWHERE = { topic: "", partition: -1, offset: -1, timestamp: -1 };

const late = ({ topic, partition }: PreparedRecord, afterMs: number): ClientError =>
  new ClientError("TIMED_OUT", `the record could not be sent within ${afterMs} ms: the producer's buffer was full`, {
    retriable: true,
    topic,
    partition,
  });

const sizeOf = ({ key, value }: PreparedRecord): number => (key?.length ?? 0) + (value?.length ?? 0) + RECORD_BYTES;
