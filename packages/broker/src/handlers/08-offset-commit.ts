// OffsetCommit (8): stores how far a group has read.
import { OffsetCommit } from "@moldau/protocol";
import { askGroup } from "../groups/ask.js";
import { checkTopics, merged, refusedAll } from "../groups/named-partitions.js";
import { handler } from "../handler.js";

/** The version from which topics are named by id (KIP-848). */
const BY_TOPIC_ID = 10;

export const offsetCommit = handler(OffsetCommit, async (request, context) => {
  const { known, unknown } = checkTopics(context.services, request.topics, context.version >= BY_TOPIC_ID);
  context.releaseRequest();
  if (known.length === 0) return { throttleTimeMs: 0, topics: unknown };
  const asked = { ...request, topics: known };
  const answering = askGroup(context, request.groupId, "offsetCommit", asked);
  // It is decided in its turn: the connection's next request need not wait for the disk.
  context.proceed();
  const answer = await answering;
  const topics = typeof answer === "string" ? refusedAll(known, answer) : answer.topics;
  return { throttleTimeMs: 0, topics: merged(unknown, topics) };
});
