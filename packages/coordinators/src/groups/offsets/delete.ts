// Offsets are forgotten because somebody asks for it (KIP-496), be they part of an open transaction.
//
// Commands carry topics and partitions that exist: the broker's handler answers for the others.
import { type ErrorName, errors } from "@moldau/protocol";
import { reply } from "../../runtime/machine.js";
import type { OffsetDeleteCommand } from "../commands.js";
import { decision, type GroupsDecision } from "../decision.js";
import { factsOf } from "../facts-of.js";
import type { Group, GroupsState } from "../state.js";
import type { World } from "../world.js";
import { forgotten } from "./events.js";
import { isPending } from "./pending.js";

const CONSUMERS = "consumer";

export function deleteOffsets(state: GroupsState, { ticket, request }: OffsetDeleteCommand, world: World): GroupsDecision {
  const { groupId } = request;
  const group = state.groups.get(groupId);
  const refusal = whyNot(groupId, group);
  if (refusal || !group) return decision({ replies: [reply(ticket, { errorCode: errors[refusal ?? "NONE"].code, topics: [] })] });
  const facts = factsOf(group);
  const ofGroup = state.offsets.get(groupId);
  const asked = request.topics.map((topic) => ({ ...topic, isSubscribed: facts.isSubscribedTo(group, topic.name, world) }));
  const topics = asked.map(({ name, partitions, isSubscribed }) => {
    const errorCode = errors[isSubscribed ? "GROUP_SUBSCRIBED_TO_TOPIC" : "NONE"].code;
    return { name, partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode })) };
  });
  const events = asked
    .filter(({ isSubscribed }) => !isSubscribed)
    .flatMap(({ name, partitions }) =>
      partitions
        .filter(
          ({ partitionIndex: partition }) =>
            ofGroup?.get(name)?.has(partition) || isPending(state.pending, { groupId, topic: name, partition }),
        )
        .map(({ partitionIndex }) => forgotten(groupId, name, partitionIndex)),
    );
  return decision({ events, replies: [reply(ticket, { errorCode: errors.NONE.code, topics })] });
}

/** What subscribed members consume can be told of consumers alone: other classic groups must be empty. */
function whyNot(groupId: string, group: Group | undefined): ErrorName | undefined {
  if (groupId === "") return "INVALID_GROUP_ID";
  if (!group) return "GROUP_ID_NOT_FOUND";
  const speaksForItself = group.kind === "consumer" || group.protocolType === CONSUMERS || factsOf(group).isEmpty(group);
  return speaksForItself ? undefined : "NON_EMPTY_GROUP";
}
