// OffsetDelete (47): a group forgets how far it has read some partitions (KIP-496).
import { errors, OffsetDelete } from "@moldau/protocol";
import { ZERO_UUID } from "@moldau/std";
import { askGroup } from "../groups/ask.js";
import { checkTopics, merged } from "../groups/named-partitions.js";
import { handler } from "../handler.js";

export const offsetDelete = handler(OffsetDelete, async (request, context) => {
  const topics = request.topics.map(({ name, partitions }) => ({ name, topicId: ZERO_UUID, partitions }));
  const { known, unknown } = checkTopics(context.services, topics, false);
  const answer = await askGroup(context, request.groupId, "offsetDelete", { ...request, topics: known });
  if (typeof answer === "string") return { errorCode: errors[answer].code, throttleTimeMs: 0, topics: [] };
  if (answer.errorCode !== errors.NONE.code) return answer;
  return { ...answer, topics: merged(unknown, answer.topics) };
});
