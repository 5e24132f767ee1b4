// A member of a consumer group (KIP-848) without the consuming: it joins, takes and gives back partitions, acknowledges, heartbeats.
import { randomUUID } from "node:crypto";
import { ConsumerGroupHeartbeat, errors } from "@moldau/protocol";

const VERSION = 1; // the member chooses its id
const REBALANCE_TIMEOUT_MS = 45_000;
const LEAVE_EPOCH = -1;
/** The coordinator is not there yet: the next heartbeat says the same again. */
const PATIENCE = new Set([errors.COORDINATOR_LOAD_IN_PROGRESS.code, errors.COORDINATOR_NOT_AVAILABLE.code, errors.NOT_COORDINATOR.code]);
/** The group went on without it: it has lost everything, and joins anew. */
const FENCED = new Set([errors.UNKNOWN_MEMBER_ID.code, errors.FENCED_MEMBER_EPOCH.code]);

/**
 * @param {object} place
 * @param {import("./connection.mjs").Connection} place.connection
 * @param {string} place.groupId
 * @param {string} place.topic
 * @param {import("./ownership.mjs").Ownership} place.ownership
 * @returns {import("./member.mjs").Member}
 */
export function consumerMember({ connection, groupId, topic, ownership }) {
  const memberId = randomUUID();
  let memberEpoch = 0;
  /** @type {readonly { readonly topicId: string, readonly partitions: readonly number[] }[]} */
  let held = [];
  let owesAcknowledgement = false;
  let busy = false;
  let fenced = 0;
  const partitionsOf = (/** @type {typeof held} */ topics) => topics.flatMap(({ partitions }) => partitions);

  const say = (/** @type {number} */ epoch) => {
    const joining = epoch === 0;
    return connection.call(ConsumerGroupHeartbeat, VERSION, {
      groupId,
      memberId,
      memberEpoch: epoch,
      instanceId: null,
      rackId: null,
      rebalanceTimeoutMs: joining ? REBALANCE_TIMEOUT_MS : -1,
      subscribedTopicNames: joining ? [topic] : null,
      subscribedTopicRegex: null,
      serverAssignor: null,
      topicPartitions: joining || owesAcknowledgement ? held : null,
    });
  };
  /** Gives back first, takes then: what the protocol is about. @param {typeof held} assigned */
  const reconcile = (assigned) => {
    const before = new Set(partitionsOf(held));
    const after = new Set(partitionsOf(assigned));
    ownership.give(
      memberId,
      [...before].filter((partition) => !after.has(partition)),
    );
    ownership.take(
      memberId,
      [...after].filter((partition) => !before.has(partition)),
    );
    held = assigned;
    owesAcknowledgement = true;
  };
  const lose = () => {
    ownership.give(memberId, partitionsOf(held));
    held = [];
    memberEpoch = 0;
    fenced++;
  };

  const once = async () => {
    const answer = await say(memberEpoch);
    if (FENCED.has(answer.errorCode)) return lose();
    if (PATIENCE.has(answer.errorCode)) return;
    if (answer.errorCode !== errors.NONE.code) throw new Error(`heartbeat of ${groupId}: error ${answer.errorCode} ${answer.errorMessage}`);
    memberEpoch = answer.memberEpoch;
    owesAcknowledgement = false;
    if (answer.assignment) reconcile(answer.assignment.topicPartitions);
  };
  return {
    join: () => ownership.join(memberId),
    isBusy: () => busy,
    heartbeat: async () => {
      busy = true;
      await once();
      busy = false;
    },
    isOwing: () => owesAcknowledgement,
    leave: async () => {
      await say(LEAVE_EPOCH);
      ownership.leave(memberId);
    },
    fenced: () => fenced,
  };
}
