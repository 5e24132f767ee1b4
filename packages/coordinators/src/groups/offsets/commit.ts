// A client commits how far it has read.
//
// Commands carry topics that exist and partitions they have: the broker's handler gives each topic of an old version its id, each of a new
// one its name, answers for those it does not know or that may not be read, and puts the rest here.
import { type ErrorName, errors } from "@moldau/protocol";
import { type TopicId, topicId, ZERO_UUID } from "@moldau/std";
import { reply } from "../../runtime/machine.js";
import type { OffsetCommitCommand } from "../commands.js";
import { decision, type GroupsDecision } from "../decision.js";
import type { OffsetClient } from "../facts.js";
import { factsOf } from "../facts-of.js";
import type { Group, GroupsState } from "../state.js";
import type { World } from "../world.js";
import type { OffsetsEvent } from "./events.js";

type Request = OffsetCommitCommand["request"];
type RequestTopic = Request["topics"][number];
type RequestPartition = RequestTopic["partitions"][number];

/** Since this version an absent group is not found; before, its generation is wrong. */
const NAMES_ABSENT_GROUPS = 9;
/** What a commit says that leaves its expiry to the broker. */
const BROKERS_RETENTION = -1;

export function commitOffsets(state: GroupsState, { ticket, request, caller }: OffsetCommitCommand, world: World): GroupsDecision {
  const group = state.groups.get(request.groupId);
  const client: OffsetClient = {
    memberId: request.memberId,
    instanceId: request.groupInstanceId,
    epoch: request.generationIdOrMemberEpoch,
    version: caller.version,
  };
  const refusal = group ? whyNot(group, client, request, world) : whyNotAbsent(client);
  const errorFor = (partition: RequestPartition) =>
    errors[refusal ?? (isTooLarge(partition, world) ? "OFFSET_METADATA_TOO_LARGE" : "NONE")].code;
  const topics = request.topics.map(({ name, topicId, partitions }) => ({
    name,
    topicId,
    partitions: partitions.map((partition) => ({ partitionIndex: partition.partitionIndex, errorCode: errorFor(partition) })),
  }));
  const replies = [reply(ticket, { topics })];
  if (refusal) return decision({ replies });
  const events = request.topics.flatMap((topic) =>
    topic.partitions.filter((partition) => !isTooLarge(partition, world)).map((partition) => committing(request, topic, partition, world)),
  );
  return decision({ events, replies, timers: group ? factsOf(group).commitTimers(group, client, world) : [] });
}

/** One partition that may not be committed refuses the whole request, as in Kafka, unless it is refused already for what is said of it. */
function whyNot(group: Group, client: OffsetClient, { topics }: Request, world: World): ErrorName | undefined {
  const facts = factsOf(group);
  const places = topics.flatMap((topic) => {
    const named = { topic: topic.name, topicId: idOf(topic, world) };
    return topic.partitions.map((partition) => ({ ...named, partition: partition.partitionIndex, refused: isTooLarge(partition, world) }));
  });
  const asked = places.filter(({ refused }) => !refused);
  for (const place of asked.length > 0 ? asked : places) {
    const refusal = facts.checkCommit(group, client, place, world);
    if (refusal) return refusal;
  }
  return undefined;
}

/** Kafka counts characters, whatever the setting's name says. */
const isTooLarge = ({ committedMetadata }: RequestPartition, { config }: World): boolean =>
  committedMetadata !== null && committedMetadata.length > config.offsetMetadataMaxBytes;

/** Whoever is no member may commit to a group that does not exist: its offsets make it. */
function whyNotAbsent({ epoch, version }: OffsetClient): ErrorName | undefined {
  if (epoch < 0) return undefined;
  return version >= NAMES_ABSENT_GROUPS ? "GROUP_ID_NOT_FOUND" : "ILLEGAL_GENERATION";
}

function committing(request: Request, topic: RequestTopic, partition: RequestPartition, world: World): OffsetsEvent {
  const { retentionTimeMs } = request;
  return {
    kind: "offset",
    groupId: request.groupId,
    topic: world.topics.byName(topic.name)?.name ?? topic.name,
    partition: partition.partitionIndex,
    committed: {
      offset: partition.committedOffset,
      leaderEpoch: partition.committedLeaderEpoch,
      metadata: partition.committedMetadata ?? "",
      commitTimestampMs: world.now,
      expireTimestampMs: retentionTimeMs === BROKERS_RETENTION ? undefined : Math.min(world.now + retentionTimeMs, Number.MAX_SAFE_INTEGER),
      topicId: idOf(topic, world),
    },
  };
}

function idOf({ name, topicId: given }: RequestTopic, world: World): TopicId | undefined {
  const known = world.topics.byName(name)?.id;
  return given === ZERO_UUID || given === known ? known : topicId(given);
}
