// DeleteTopics (20): topics by name, or by id since version 6. Their records are out of reach at once; the space is freed behind.
import { DeleteTopics, type ErrorName, errors, type RequestOf } from "@moldau/protocol";
import { topicId as asTopicId, ZERO_UUID } from "@moldau/std";
import { type Context, handler } from "../handler.js";
import { sortNamings } from "../topics/named-twice.js";

/** From this version on a topic may be named by id. */
const BY_TOPIC_ID = 6;

interface Named {
  readonly name: string | null;
  readonly topicId: string;
}

export const deleteTopics = handler(DeleteTopics, async (request, context) => {
  const { once, repeated } = sortNamings(topicsOf(request, context.version), ({ name, topicId }) => name ?? `id ${topicId}`);
  const responses = repeated.map((named) => refused(named, "INVALID_REQUEST", "The topic is named more than once in the request."));
  for (const named of once) responses.push(await deleteTopic(named, context));
  return { throttleTimeMs: 0, responses };
});

function topicsOf(request: RequestOf<typeof DeleteTopics>, version: number): readonly Named[] {
  return version >= BY_TOPIC_ID ? request.topics : request.topicNames.map((name) => ({ name, topicId: ZERO_UUID }));
}

async function deleteTopic(named: Named, { services }: Context) {
  const { name, topicId } = named;
  const byId = name === null;
  if (!byId && topicId !== ZERO_UUID) return refused(named, "INVALID_REQUEST", "A topic is named by name or by id, not both.");
  if (byId && topicId === ZERO_UUID) return refused(named, "INVALID_REQUEST", "A topic is named by neither name nor id.");
  if (!services.config().deleteTopicEnable) return refused(named, "TOPIC_DELETION_DISABLED", "delete.topic.enable is false.");
  const deleted = await services.metadata.propose((image) => {
    const topic = byId ? image.topicById(asTopicId(topicId)) : image.topicByName(name);
    return { events: topic ? [{ type: "TopicDeleted", topicId: topic.id }] : [], result: topic };
  });
  if (!deleted) return byId ? refused(named, "UNKNOWN_TOPIC_ID") : refused(named, "UNKNOWN_TOPIC_OR_PARTITION");
  return { name: deleted.name, topicId: deleted.id as string, errorCode: errors.NONE.code, errorMessage: null };
}

function refused(named: Named, error: ErrorName, message: string | null = errors[error].message) {
  return { ...named, errorCode: errors[error].code, errorMessage: message };
}
