// Topics as clients know them: by id, so that a topic that was deleted is never mistaken for the next one of that name.
import { CreateTopics, DeleteTopics, errorByCode, errors, Metadata } from "@moldau/protocol";
import { type LogBook, logBook } from "../promises/log-book.js";
import type { Reconnecting } from "./reconnecting.js";

export interface SimTopic {
  readonly name: string;
  readonly id: string;
  /** One per partition. */
  readonly books: readonly LogBook[];
  /** Somebody asked for its deletion: from then on it may be there or not. */
  deletionAsked: boolean;
}

const CREATE_VERSION = 7;
const DELETE_VERSION = 6;
const METADATA_VERSION = 12;
const RETRY_MS = 10;

/** Creates the topic; if it exists already, then because an earlier answer was lost. */
export async function createTopic(
  client: Reconnecting,
  name: string,
  numPartitions: number,
  settings: ReadonlyMap<string, string> = new Map(),
): Promise<SimTopic> {
  const configs = [...settings].map(([name, value]) => ({ name, value }));
  const keepsBytes = settings.has("retention.bytes") ? Number(settings.get("retention.bytes")) : undefined;
  for (;;) {
    const { topics } = await client.insist(CreateTopics, CREATE_VERSION, {
      topics: [{ name, numPartitions, replicationFactor: 1, assignments: [], configs }],
      timeoutMs: 1_000,
      validateOnly: false,
    });
    const error = errorByCode(topics[0]?.errorCode ?? 0).name;
    const id = error === "NONE" ? topics[0]?.topicId : error === "TOPIC_ALREADY_EXISTS" ? await idOf(client, name) : undefined;
    if (id !== undefined) {
      const nowMs = () => client.time.nowMs();
      const books = Array.from({ length: numPartitions }, (_, partition) => logBook(`${name}-${partition}`, nowMs, keepsBytes));
      return { name, id, books, deletionAsked: false };
    }
    await client.time.pause(RETRY_MS);
  }
}

/** Undefined when there is none. */
async function idOf(client: Reconnecting, name: string): Promise<string | undefined> {
  const { topics } = await client.insist(Metadata, METADATA_VERSION, {
    topics: [{ name }],
    allowAutoTopicCreation: false,
    includeTopicAuthorizedOperations: false,
  });
  return topics[0]?.errorCode === errors.NONE.code ? topics[0].topicId : undefined;
}

/** Deletes the topic; if it is gone already, then because an earlier answer was lost. */
export async function deleteTopic(client: Reconnecting, topic: SimTopic): Promise<void> {
  topic.deletionAsked = true;
  for (;;) {
    const { responses } = await client.insist(DeleteTopics, DELETE_VERSION, {
      topics: [{ name: null, topicId: topic.id }],
      timeoutMs: 1_000,
    });
    const { name } = errorByCode(responses[0]?.errorCode ?? 0);
    if (name === "NONE" || name === "UNKNOWN_TOPIC_ID") return;
    await client.time.pause(RETRY_MS);
  }
}
