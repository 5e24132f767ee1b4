// A client commits how far it has read: at once, or as part of a transaction.
//
// Commands carry topics that exist and partitions they have: the broker's handler gives each topic of an old version its id, each of a new
// one its name, answers for those it does not know or that may not be read, and puts the rest here.
import { type ErrorName, errors } from "@moldau/protocol";
import { type TopicId, topicId, ZERO_UUID } from "@moldau/std";
import { reply, type TransactionalProducer } from "../../runtime/machine.js";
import type { OffsetCommitCommand, TransactionalOffsetCommitCommand } from "../commands.js";
import { decision, type GroupsDecision } from "../decision.js";
import type { OffsetClient } from "../facts.js";
import { factsOf } from "../facts-of.js";
import type { Group, GroupsState } from "../state.js";
import type { World } from "../world.js";
import type { OffsetEvent } from "./events.js";

/** What both kinds of commit come to. */
interface Commit {
  readonly groupId: string;
  readonly client: OffsetClient;
  readonly retentionTimeMs: number;
  readonly topics: readonly CommittedTopic[];
  readonly producer: TransactionalProducer | undefined;
}

interface CommittedTopic {
  readonly name: string;
  /** ZERO_UUID when the client does not say. */
  readonly topicId: string;
  readonly partitions: readonly CommittedPartition[];
}

type CommittedPartition = OffsetCommitCommand["request"]["topics"][number]["partitions"][number];

interface Committing {
  readonly events: readonly OffsetEvent[];
  /** The error for each partition that was named. */
  readonly errorFor: (partition: CommittedPartition) => number;
  readonly accepted: boolean;
}

/** Since this version an absent group is not found; before, its generation is wrong. */
const NAMES_ABSENT_GROUPS = 9;
/** What a commit says that leaves its expiry to the broker. */
const BROKERS_RETENTION = -1;

export function commitOffsets(state: GroupsState, { ticket, request, caller }: OffsetCommitCommand, world: World): GroupsDecision {
  const { groupId, memberId, groupInstanceId, generationIdOrMemberEpoch, retentionTimeMs } = request;
  const group = state.groups.get(groupId);
  const { version } = caller;
  const client = { memberId, instanceId: groupInstanceId, epoch: generationIdOrMemberEpoch, version, inTransaction: false };
  const commit = { groupId, client, retentionTimeMs, topics: request.topics, producer: undefined };
  const { events, errorFor, accepted } = committing(group, commit, world);
  const topics = request.topics.map(({ name, topicId, partitions }) => ({ name, topicId, partitions: answered(partitions, errorFor) }));
  const timers = accepted && group ? factsOf(group).commitTimers(group, client, world) : [];
  return decision({ events, replies: [reply(ticket, { topics })], timers });
}

/** The member is checked as far as the request tells of it (KIP-447); its session goes on no longer for it. */
export function commitTransactionalOffsets(
  state: GroupsState,
  { ticket, request, caller }: TransactionalOffsetCommitCommand,
  world: World,
): GroupsDecision {
  const { groupId, memberId, groupInstanceId, generationId, producerId, producerEpoch } = request;
  const client = { memberId, instanceId: groupInstanceId, epoch: generationId, version: caller.version, inTransaction: true };
  const named = request.topics.map((topic) => ({ ...topic, topicId: ZERO_UUID }));
  const producer = { id: producerId, epoch: producerEpoch };
  const commit = { groupId, client, retentionTimeMs: BROKERS_RETENTION, topics: named, producer };
  const { events, errorFor } = committing(state.groups.get(groupId), commit, world);
  const topics = request.topics.map(({ name, partitions }) => ({ name, partitions: answered(partitions, errorFor) }));
  return decision({ events, replies: [reply(ticket, { topics })] });
}

const answered = (partitions: readonly CommittedPartition[], errorFor: Committing["errorFor"]) =>
  partitions.map((partition) => ({ partitionIndex: partition.partitionIndex, errorCode: errorFor(partition) }));

function committing(group: Group | undefined, commit: Commit, world: World): Committing {
  const refusal = group ? whyNot(group, commit, world) : whyNotAbsent(commit.client);
  const errorFor = (partition: CommittedPartition) =>
    errors[refusal ?? (isTooLarge(partition, world) ? "OFFSET_METADATA_TOO_LARGE" : "NONE")].code;
  if (refusal) return { events: [], errorFor, accepted: false };
  const events = commit.topics.flatMap((topic) =>
    topic.partitions.filter((partition) => !isTooLarge(partition, world)).map((partition) => eventOf(commit, topic, partition, world)),
  );
  return { events, errorFor, accepted: true };
}

/** One partition that may not be committed refuses the whole request, as in Kafka, unless it is refused already for what is said of it. */
function whyNot(group: Group, { client, topics }: Commit, world: World): ErrorName | undefined {
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
const isTooLarge = ({ committedMetadata }: CommittedPartition, { config }: World): boolean =>
  committedMetadata !== null && committedMetadata.length > config.offsetMetadataMaxBytes;

/** Whoever is no member may commit to a group that does not exist: its offsets make it. */
function whyNotAbsent({ epoch, version }: OffsetClient): ErrorName | undefined {
  if (epoch < 0) return undefined;
  return version >= NAMES_ABSENT_GROUPS ? "GROUP_ID_NOT_FOUND" : "ILLEGAL_GENERATION";
}

function eventOf(
  { groupId, retentionTimeMs, producer }: Commit,
  topic: CommittedTopic,
  partition: CommittedPartition,
  world: World,
): OffsetEvent {
  const event = {
    kind: "offset" as const,
    groupId,
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
  return producer ? { ...event, producer } : event;
}

function idOf({ name, topicId: given }: CommittedTopic, world: World): TopicId | undefined {
  const known = world.topics.byName(name)?.id;
  return given === ZERO_UUID || given === known ? known : topicId(given);
}
