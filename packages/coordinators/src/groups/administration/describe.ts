// Groups are described, each by the request of its own protocol.
import { type ErrorName, errors } from "@moldau/protocol";
import { reply } from "../../runtime/machine.js";
import type { DescribeConsumerGroupCommand, DescribedConsumerGroup, DescribedGroup, DescribeGroupCommand } from "../commands.js";
import { decision, type GroupsDecision } from "../decision.js";
import { factsOf } from "../facts-of.js";
import type { GroupsState } from "../state.js";
import type { World } from "../world.js";

/** Since this version a group that is not there is an error (KIP-1043); before, it is dead. */
const NAMES_ABSENT_GROUPS = 6;

export function describeGroup(state: GroupsState, { ticket, request, caller }: DescribeGroupCommand): GroupsDecision {
  const group = state.groups.get(request.groupId);
  const described = group && factsOf(group).describe(group);
  const why = group ? `Group ${request.groupId} does not speak the classic protocol.` : `There is no group ${request.groupId}.`;
  return decision({
    replies: [reply(ticket, described ?? dead(request.groupId, caller.version >= NAMES_ABSENT_GROUPS ? why : undefined))],
  });
}

export function describeConsumerGroup(state: GroupsState, { ticket, request }: DescribeConsumerGroupCommand, world: World): GroupsDecision {
  const { groupId } = request;
  const group = state.groups.get(groupId);
  const described = group && factsOf(group).describeConsumer(group, world);
  const why = group ? `Group ${groupId} does not speak the consumer protocol.` : `There is no group ${groupId}.`;
  return decision({ replies: [reply(ticket, described ?? notConsumers(groupId, why))] });
}

const dead = (groupId: string, errorMessage: string | undefined): DescribedGroup => ({
  errorCode: errorMessage === undefined ? errors.NONE.code : errors.GROUP_ID_NOT_FOUND.code,
  errorMessage: errorMessage ?? null,
  groupId,
  groupState: "Dead",
  protocolType: "",
  protocolData: "",
  members: [],
});

const notConsumers = (groupId: string, errorMessage: string): DescribedConsumerGroup =>
  groupId === ""
    ? undescribedConsumerGroup(groupId, "INVALID_GROUP_ID", null)
    : undescribedConsumerGroup(groupId, "GROUP_ID_NOT_FOUND", errorMessage);

/** The answer for a group that cannot be described. */
export const undescribedConsumerGroup = (
  groupId: string,
  error: ErrorName,
  errorMessage: string | null = errors[error].message,
): DescribedConsumerGroup => ({
  errorCode: errors[error].code,
  errorMessage,
  groupId,
  groupState: "",
  groupEpoch: 0,
  assignmentEpoch: 0,
  assignorName: "",
  members: [],
});
