// OffsetForLeaderEpoch (23): where an epoch ended, so that a consumer notices when its log went another way (KIP-101, KIP-320).
import { type ErrorName, errors, OffsetForLeaderEpoch } from "@moldau/protocol";
import { checkLeaderEpoch } from "../fetching/read-partition.js";
import { handler } from "../handler.js";
import { eachPartition, withPartition } from "../topics/by-partition.js";

const UNKNOWN = -1;

export const offsetForLeaderEpoch = handler(OffsetForLeaderEpoch, async (request, { services }) => {
  const topics = await eachPartition(request.topics, ({ topic }, { partition, currentLeaderEpoch, leaderEpoch }) => {
    const refuse = (error: ErrorName) => ({ errorCode: errors[error].code, partition, leaderEpoch: UNKNOWN, endOffset: UNKNOWN });
    return withPartition(
      services,
      topic,
      partition,
      (led) => {
        const wrongEpoch = checkLeaderEpoch(currentLeaderEpoch, led.leaderEpoch);
        if (wrongEpoch) return refuse(wrongEpoch);
        if (leaderEpoch === led.leaderEpoch)
          return { errorCode: errors.NONE.code, partition, leaderEpoch, endOffset: led.log.highWatermark };
        const end = leaderEpoch > led.leaderEpoch ? undefined : led.endOfEpoch(leaderEpoch);
        return { errorCode: errors.NONE.code, partition, leaderEpoch: end?.epoch ?? UNKNOWN, endOffset: end?.endOffset ?? UNKNOWN };
      },
      refuse,
    );
  });
  return { throttleTimeMs: 0, topics: topics.map(({ topic: { topic }, partitions }) => ({ topic, partitions })) };
});
