// Batches as a Produce request, and its answer batch by batch.
import { errors, type Produce, type RequestInput, type ResponseOf } from "@moldau/protocol";
import { ZERO_UUID } from "@moldau/std";
import type { Batch } from "./batch.js";
import type { Acks } from "./options.js";
import type { Slot } from "./slot.js";

/** A batch under way, and the place of its partition. */
export interface Item {
  readonly slot: Slot;
  readonly batch: Batch;
}

/** What a broker says of one batch. */
export interface Answer {
  readonly errorCode: number;
  readonly baseOffset: number;
  readonly appendedAtMs: number;
  readonly message: string | null;
}

/** The last version that names topics; those after it give their ids. */
export const BY_NAME = 12;
const ACKS = { all: -1, 0: 0, 1: 1 } as const;

export interface ProduceTerms {
  readonly transactionalId: string | null;
  readonly acks: Acks;
  readonly timeoutMs: number;
}

export function produceRequest(items: readonly Item[], { transactionalId, acks, timeoutMs }: ProduceTerms): RequestInput<typeof Produce> {
  const topics = new Map<string, { name: string; topicId: string; partitionData: { index: number; records: Uint8Array | null }[] }>();
  for (const { slot, batch } of items) {
    const name = batch.topic;
    const topic = topics.get(name) ?? { name, topicId: slot.topicId, partitionData: [] };
    topics.set(name, topic);
    topic.partitionData.push({ index: batch.partition, records: batch.sealed?.bytes ?? null });
  }
  return { transactionalId, acks: ACKS[acks], timeoutMs, topicData: [...topics.values()] };
}

/** Whether topics must be named, because not all of them have ids that are known. */
export const needNames = (items: readonly Item[]): boolean => items.some(({ slot }) => slot.topicId === ZERO_UUID);

const SILENT: Answer = {
  errorCode: errors.NETWORK_EXCEPTION.code,
  baseOffset: -1,
  appendedAtMs: -1,
  message: "the broker answered without a word of this partition",
};

/** The answers in the order of the items. */
export function answersOf(items: readonly Item[], { responses }: ResponseOf<typeof Produce>): readonly Answer[] {
  const partitions = new Map<string, Map<number, Answer>>();
  for (const { name, topicId, partitionResponses } of responses) {
    const answers = new Map<number, Answer>();
    for (const { index, errorCode, baseOffset, logAppendTimeMs, errorMessage } of partitionResponses) {
      answers.set(index, { errorCode, baseOffset, appendedAtMs: logAppendTimeMs, message: errorMessage });
    }
    partitions.set(name || topicId, answers);
  }
  return items.map(({ slot, batch }) => (partitions.get(batch.topic) ?? partitions.get(slot.topicId))?.get(batch.partition) ?? SILENT);
}
