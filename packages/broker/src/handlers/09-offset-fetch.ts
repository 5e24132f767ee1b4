// OffsetFetch (9): how far groups have read. Versions before 8 ask for one group; they are answered from the same form.
import { type ErrorName, errors, OffsetFetch, type RequestOf, type ResponseInput } from "@moldau/protocol";
import { ZERO_UUID } from "@moldau/std";
import { askGroup } from "../groups/ask.js";
import { type Context, handler } from "../handler.js";
import { findTopic } from "../topics/lookup.js";

/** The version from which several groups are asked for at once (KIP-709). */
const BATCHED = 8;
/** The version from which topics are named by id. */
const BY_TOPIC_ID = 10;
/** Before this version there was no error but those of partitions. */
const GROUP_ERROR = 2;

type AskedGroup = RequestOf<typeof OffsetFetch>["groups"][number];
type AskedTopic = NonNullable<AskedGroup["topics"]>[number];
type OneOf<Items> = Items extends readonly (infer Item)[] ? Item : never;
type FetchedGroup = OneOf<ResponseInput<typeof OffsetFetch>["groups"]>;
type FetchedTopic = OneOf<FetchedGroup["topics"]>;

export const offsetFetch = handler(OffsetFetch, async (request, context) => {
  const { requireStable } = request;
  if (context.version >= BATCHED) {
    const groups = await Promise.all(request.groups.map((group) => fetchGroup(group, requireStable, context)));
    return { throttleTimeMs: 0, topics: [], errorCode: errors.NONE.code, groups };
  }
  const topics = request.topics?.map((topic) => ({ ...topic, topicId: ZERO_UUID })) ?? null;
  const group = { groupId: request.groupId, memberId: null, memberEpoch: -1, topics };
  const fetched = await fetchGroup(group, requireStable, context);
  const failed = context.version < GROUP_ERROR && fetched.errorCode !== errors.NONE.code;
  const answered = failed ? (topics ?? []).map((topic) => nothingOf(topic, fetched.errorCode ?? 0)) : fetched.topics;
  return { throttleTimeMs: 0, topics: answered, errorCode: fetched.errorCode, groups: [] };
});

async function fetchGroup(asked: AskedGroup, requireStable: boolean, context: Context): Promise<FetchedGroup> {
  const { groupId } = asked;
  const { known, unknown } = resolved(asked.topics, context);
  const request = { ...asked, topics: known, requireStable };
  const answer = await askGroup(context, groupId, "offsetFetch", request);
  if (typeof answer === "string") return { groupId, topics: [], errorCode: errors[answer].code };
  if (answer.errorCode !== errors.NONE.code) return answer;
  // Topics that are no more cannot be named by id.
  const nameable = context.version < BY_TOPIC_ID ? answer.topics : answer.topics.filter(({ topicId }) => topicId !== ZERO_UUID);
  return { ...answer, topics: [...unknown, ...nameable] };
}

function resolved(topics: AskedGroup["topics"], { version, services }: Context) {
  if (topics === null || version < BY_TOPIC_ID) return { known: topics, unknown: [] };
  const known: AskedTopic[] = [];
  const unknown: FetchedTopic[] = [];
  for (const topic of topics) {
    const found = findTopic(services, { id: topic.topicId });
    if (found) known.push({ ...topic, name: found.name });
    else unknown.push(nothingOf(topic, errorCode("UNKNOWN_TOPIC_ID")));
  }
  return { known, unknown };
}

const errorCode = (error: ErrorName) => errors[error].code;

const nothingOf = ({ name, topicId, partitionIndexes }: AskedTopic, errorCode: number) => ({
  name,
  topicId,
  partitions: partitionIndexes.map((partitionIndex) => ({
    partitionIndex,
    committedOffset: -1,
    committedLeaderEpoch: -1,
    metadata: "",
    errorCode,
  })),
});
