// DeleteRecords (21): moves log start offsets forward (KIP-107). Readers lose what lies before at once; the bytes are freed behind.
import { isInternalTopic } from "@moldau/metadata";
import { DeleteRecords, type ErrorName, errors } from "@moldau/protocol";
import { handler } from "../handler.js";
import { eachPartition, withPartition } from "../topics/by-partition.js";

/** The offset that stands for "everything committed so far". */
const HIGH_WATERMARK = -1;

export const deleteRecords = handler(DeleteRecords, async (request, { services }) => {
  const topics = await eachPartition(request.topics, ({ name }, { partitionIndex, offset }) => {
    const refuse = (error: ErrorName) => ({ partitionIndex, lowWatermark: -1, errorCode: errors[error].code });
    // Groups live in there; they have requests of their own.
    if (isInternalTopic(name)) return Promise.resolve(refuse("INVALID_TOPIC_EXCEPTION"));
    const topic = services.metadata.image.topicByName(name);
    const config = topic && services.topicConfig(topic);
    return withPartition(
      services,
      name,
      partitionIndex,
      async ({ log }) => {
        // Of a table nothing goes but what newer records replace.
        if (config?.compacted && !config.deleted) return refuse("POLICY_VIOLATION");
        const until = offset === HIGH_WATERMARK ? log.highWatermark : offset;
        if (until < 0 || until > log.highWatermark) return refuse("OFFSET_OUT_OF_RANGE");
        // An offset that is gone already is what was asked for.
        if (until > log.logStartOffset) await log.trim(until);
        return { partitionIndex, lowWatermark: log.logStartOffset, errorCode: errors.NONE.code };
      },
      refuse,
    );
  });
  return { throttleTimeMs: 0, topics: topics.map(({ topic: { name }, partitions }) => ({ name, partitions })) };
});
