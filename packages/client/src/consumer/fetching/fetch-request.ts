// A question of a fetch session as Fetch says it: topics by id where the broker and all of them have ids (KIP-516), else by name.
import { Fetch, type RequestInput } from "@moldau/protocol";
import { ZERO_UUID } from "@moldau/std";
import type { ConsumerSettings } from "../options.js";
import { ISOLATION_LEVELS } from "../positions/list-offsets.js";
import { byTopic } from "../topic-partition.js";
import type { SessionQuestion, Wanted } from "./fetch-session.js";

const BY_TOPIC_ID = 13;
const WITH_RACK = 11;
const CONSUMER = -1;

export const maxFetchVersion = (wanted: Iterable<Wanted>): number =>
  [...wanted].some(({ topicId }) => topicId === ZERO_UUID) ? BY_TOPIC_ID - 1 : Fetch.versions.max;

export function fetchRequest(
  { sessionId, sessionEpoch, wanted, forgotten }: SessionQuestion,
  { fetchMaxWaitMs, fetchMinBytes, isolation, rack }: ConsumerSettings,
  maxBytes: number,
): (version: number) => RequestInput<typeof Fetch> {
  return (version) => {
    const named = (topic: string, places: readonly Wanted[]) =>
      version >= BY_TOPIC_ID ? { topicId: places[0]?.topicId ?? ZERO_UUID } : { topic };
    return {
      ...(version < 15 && { replicaId: CONSUMER }),
      maxWaitMs: fetchMaxWaitMs,
      minBytes: fetchMinBytes,
      maxBytes,
      isolationLevel: ISOLATION_LEVELS[isolation],
      sessionId,
      sessionEpoch,
      topics: [...byTopic(wanted)].map(([topic, places]) => ({
        ...named(topic, places),
        partitions: places.map(({ partition, fetchOffset, currentLeaderEpoch, partitionMaxBytes }) => ({
          partition,
          fetchOffset,
          currentLeaderEpoch,
          partitionMaxBytes,
        })),
      })),
      ...(version >= 7 && {
        forgottenTopicsData: [...byTopic(forgotten)].map(([topic, places]) => ({
          ...named(topic, places),
          partitions: places.map(({ partition }) => partition),
        })),
      }),
      ...(version >= WITH_RACK && rack !== undefined && { rackId: rack }),
    };
  };
}
