// A client asks how far a group has read: of some partitions, or of all that the group has committed.
//
// Commands carry names beside topic ids: the broker's handler resolves them, and answers for ids that it does not know.
import { errors } from "@moldau/protocol";
import { type TopicId, topicId, ZERO_UUID } from "@moldau/std";
import { reply } from "../../runtime/machine.js";
import type { FetchedGroup, OffsetFetchCommand } from "../commands.js";
import { decision, type GroupsDecision } from "../decision.js";
import { factsOf } from "../facts-of.js";
import type { GroupsState } from "../state.js";
import type { World } from "../world.js";
import type { CommittedOffset, CommittedOffsets } from "./offsets.js";
import { isPending } from "./pending.js";

type FetchedTopic = FetchedGroup["topics"][number];
type FetchedPartition = FetchedTopic["partitions"][number];
type RequestTopic = NonNullable<OffsetFetchCommand["request"]["topics"]>[number];

/** Whether a transaction may still change the offset, and the client cares. */
type Unstable = (topic: string, partition: number) => boolean;

const NO_OFFSET = -1;
const UNKNOWN_LEADER_EPOCH = -1;

export function fetchOffsets(state: GroupsState, { ticket, request }: OffsetFetchCommand, world: World): GroupsDecision {
  const { groupId, memberId, memberEpoch, topics, requireStable } = request;
  const group = state.groups.get(groupId);
  const refusal = group && factsOf(group).checkFetch(group, { memberId, epoch: memberEpoch }, world);
  if (refusal) return decision({ replies: [reply(ticket, { groupId, topics: [], errorCode: errors[refusal].code })] });
  const ofGroup = state.offsets.get(groupId);
  const isUnstable: Unstable = (topic, partition) => requireStable && isPending(state.pending, { groupId, topic, partition });
  const fetched = topics ? topics.map((topic) => someOf(ofGroup, topic, isUnstable, world)) : allOf(ofGroup, isUnstable, world);
  return decision({ replies: [reply(ticket, { groupId, topics: fetched, errorCode: errors.NONE.code })] });
}

function someOf(
  ofGroup: CommittedOffsets | undefined,
  { name, topicId: given, partitionIndexes }: RequestTopic,
  isUnstable: Unstable,
  world: World,
): FetchedTopic {
  const ofTopic = ofGroup?.get(name);
  const id = given === ZERO_UUID ? world.topics.byName(name)?.id : topicId(given);
  const find = (partition: number) => {
    const committed = ofTopic?.get(partition);
    return committed && isOf(id, committed) ? committed : undefined;
  };
  const answerFor = (partition: number) => (isUnstable(name, partition) ? unstable(partition) : answer(partition, find(partition)));
  return { name, topicId: given, partitions: partitionIndexes.map(answerFor) };
}

/** What only an open transaction has committed is not there yet. */
function allOf(ofGroup: CommittedOffsets | undefined, isUnstable: Unstable, world: World): FetchedTopic[] {
  const fetched: FetchedTopic[] = [];
  for (const [name, ofTopic] of ofGroup ?? []) {
    const id = world.topics.byName(name)?.id;
    const partitions = [...ofTopic]
      .filter(([, committed]) => isOf(id, committed))
      .map(([partition, committed]) => (isUnstable(name, partition) ? unstable(partition) : answer(partition, committed)));
    if (partitions.length > 0) fetched.push({ name, topicId: id ?? ZERO_UUID, partitions });
  }
  return fetched;
}

/** What is not known of a topic's id counts as its own. */
const isOf = (id: TopicId | undefined, committed: CommittedOffset): boolean =>
  id === undefined || committed.topicId === undefined || committed.topicId === id;

const answer = (partitionIndex: number, committed: CommittedOffset | undefined): FetchedPartition => ({
  partitionIndex,
  committedOffset: committed?.offset ?? NO_OFFSET,
  committedLeaderEpoch: committed?.leaderEpoch ?? UNKNOWN_LEADER_EPOCH,
  metadata: committed?.metadata ?? "",
  errorCode: errors.NONE.code,
});

/** A client that wants only what cannot change any more asks again (KIP-447). */
const unstable = (partitionIndex: number): FetchedPartition => ({
  ...answer(partitionIndex, undefined),
  errorCode: errors.UNSTABLE_OFFSET_COMMIT.code,
});
