// What offsets and administration ask of a classic group.
import { errors } from "@moldau/protocol";
import type { GroupFacts } from "../facts.js";
import type { ClassicGroup, ClassicMember } from "./group.js";
import { wrongGeneration } from "./membership.js";
import { CONSUMER_PROTOCOL_TYPE, metadataFor } from "./protocols.js";
import { sessionTimer } from "./timers.js";

const NO_BYTES = new Uint8Array();
/** Stands for operations that were not asked for. */
const NOT_ASKED = -0x8000_0000;

export const classicFacts: GroupFacts<ClassicGroup> = {
  isEmpty: ({ phase }) => phase === "Empty",

  offsetsIdleSince(group, { name }) {
    if (group.protocolType === null) return "commit";
    if (isSubscribedTo(group, name)) return undefined;
    if (group.phase === "Empty") return group.phaseSinceMs ?? "commit";
    return group.phase === "Stable" && group.protocolType === CONSUMER_PROTOCOL_TYPE ? "commit" : undefined;
  },

  checkCommit(group, { memberId, instanceId, epoch, inTransaction }) {
    if (epoch < 0 && group.phase === "Empty") return undefined;
    // who says nothing of itself may commit to an empty group only, unless its transaction speaks for it
    if (epoch < 0 && memberId === "" && instanceId === null) return inTransaction ? undefined : "UNKNOWN_MEMBER_ID";
    const wrong = wrongGeneration(group, { memberId, instanceId, generation: epoch });
    if (wrong) return wrong;
    // it has heard of the generation, whose assignment it must ask for first
    return group.phase === "CompletingRebalance" && !inTransaction ? "REBALANCE_IN_PROGRESS" : undefined;
  },

  commitTimers(group, { memberId }) {
    const member = group.members.get(memberId);
    return member && (group.phase === "Stable" || group.phase === "PreparingRebalance") ? [sessionTimer(group, member)] : [];
  },

  checkFetch: () => undefined,
  isSubscribedTo,
  removal: ({ groupId }) => [{ kind: "classicGroup", groupId, group: undefined, durable: true }],

  list: ({ groupId, protocolType, phase }) => ({ groupId, protocolType: protocolType ?? "", groupState: phase, groupType: "classic" }),

  describe: (group) => ({
    errorCode: errors.NONE.code,
    errorMessage: null,
    groupId: group.groupId,
    groupState: group.phase,
    protocolType: group.protocolType ?? "",
    protocolData: group.phase === "Stable" ? (group.protocolName ?? "") : "",
    members: [...group.members.values()].map((member) => described(group, member)),
    authorizedOperations: NOT_ASKED,
  }),

  describeConsumer: () => undefined,
};

/** Consumers of which it is not known may be subscribed to anything. */
function isSubscribedTo(group: ClassicGroup, topic: string): boolean {
  return group.subscribedTopics?.has(topic) ?? group.protocolType === CONSUMER_PROTOCOL_TYPE;
}

/** What a member says is only settled with the protocol. */
const described = (group: ClassicGroup, member: ClassicMember) => ({
  memberId: member.memberId,
  groupInstanceId: member.instanceId,
  clientId: member.clientId,
  clientHost: member.clientHost,
  memberMetadata: group.phase === "Stable" ? metadataFor(member, group.protocolName) : NO_BYTES,
  memberAssignment: member.assignment,
});
