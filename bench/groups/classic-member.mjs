// A member of a classic group without the consuming: it joins, hands out partitions when it leads, heartbeats, and joins again when told.
//
// A broker takes the next request of a connection when it has answered the one before, and it holds JoinGroup until all members have
// come. So the members of one group must be on different connections, and the groups of one connection must form one after the other.
import {
  ConsumerProtocolAssignment,
  ConsumerProtocolSubscription,
  encodeVersioned,
  errors,
  Heartbeat,
  JoinGroup,
  LeaveGroup,
  SyncGroup,
} from "@moldau/protocol";

const JOIN_VERSION = 9;
const SYNC_VERSION = 5;
const HEARTBEAT_VERSION = 4;
const LEAVE_VERSION = 5;
const PROTOCOL_VERSION = 0; // of what consumers write into subscription and assignment
const SESSION_TIMEOUT_MS = 45_000;
const PROTOCOL = { protocolType: "consumer", protocolName: "range" };
const RETRY = new Set([
  errors.COORDINATOR_LOAD_IN_PROGRESS.code,
  errors.COORDINATOR_NOT_AVAILABLE.code,
  errors.NOT_COORDINATOR.code,
  errors.REBALANCE_IN_PROGRESS.code,
  errors.ILLEGAL_GENERATION.code,
]);
const RETRY_MS = 100;
const MOST_ATTEMPTS = 200;

/** Contiguous ranges of one topic, the longer ones first. @param {readonly string[]} memberIds @param {number} partitions */
function ranges(memberIds, partitions) {
  const sorted = memberIds.toSorted();
  const least = Math.floor(partitions / sorted.length);
  const longer = partitions % sorted.length;
  return sorted.map((memberId, index) => {
    const first = index * least + Math.min(index, longer);
    return { memberId, partitions: Array.from({ length: least + (index < longer ? 1 : 0) }, (_, i) => first + i) };
  });
}

/**
 * @param {object} place
 * @param {import("./connection.mjs").Connection} place.connection
 * @param {string} place.groupId
 * @param {string} place.topic
 * @param {number} place.partitions
 * @returns {import("./member.mjs").Member & { identify: () => Promise<void> }}
 */
export function classicMember({ connection, groupId, topic, partitions }) {
  let memberId = "";
  let generationId = -1;
  let busy = false;
  let rejoined = 0;
  const subscription = { topics: [topic], userData: null };
  const metadata = encodeVersioned(ConsumerProtocolSubscription, PROTOCOL_VERSION, subscription);

  const askToJoin = () =>
    connection.call(JoinGroup, JOIN_VERSION, {
      groupId,
      sessionTimeoutMs: SESSION_TIMEOUT_MS,
      rebalanceTimeoutMs: SESSION_TIMEOUT_MS,
      memberId,
      groupInstanceId: null,
      protocolType: PROTOCOL.protocolType,
      protocols: [{ name: PROTOCOL.protocolName, metadata }],
    });
  /** @param {Awaited<ReturnType<typeof askToJoin>>} joined */
  const synchronize = ({ leader, members }) => {
    const shares =
      leader === memberId
        ? ranges(
            members.map((member) => member.memberId),
            partitions,
          )
        : [];
    const assignments = shares.map((share) => {
      const assignment = { assignedPartitions: [{ topic, partitions: share.partitions }], userData: null };
      return { memberId: share.memberId, assignment: encodeVersioned(ConsumerProtocolAssignment, PROTOCOL_VERSION, assignment) };
    });
    return connection.call(SyncGroup, SYNC_VERSION, { groupId, generationId, memberId, groupInstanceId: null, ...PROTOCOL, assignments });
  };
  /** @returns {Promise<boolean>} whether it is in */
  const tryToJoin = async () => {
    const joined = await askToJoin();
    if (joined.errorCode === errors.MEMBER_ID_REQUIRED.code) memberId = joined.memberId;
    else if (joined.errorCode === errors.UNKNOWN_MEMBER_ID.code) memberId = "";
    else if (joined.errorCode !== errors.NONE.code && !RETRY.has(joined.errorCode))
      throw new Error(`JoinGroup ${groupId}: error ${joined.errorCode}`);
    if (joined.errorCode !== errors.NONE.code) return false;
    ({ memberId, generationId } = joined);
    const { errorCode } = await synchronize(joined);
    if (errorCode !== errors.NONE.code && !RETRY.has(errorCode)) throw new Error(`SyncGroup ${groupId}: error ${errorCode}`);
    return errorCode === errors.NONE.code;
  };
  const join = async () => {
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      if (await tryToJoin()) return;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
    throw new Error(`${groupId} did not form`);
  };

  return {
    /** Gets a member id. The group waits for everybody who has one, so that it forms in one generation. */
    identify: async () => {
      for (let attempt = 0; memberId === "" && attempt < MOST_ATTEMPTS; attempt++) {
        if (attempt > 0) await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
        ({ memberId } = await askToJoin());
      }
    },
    join,
    isBusy: () => busy,
    heartbeat: async () => {
      busy = true;
      const { errorCode } = await connection.call(Heartbeat, HEARTBEAT_VERSION, { groupId, generationId, memberId, groupInstanceId: null });
      if (errorCode !== errors.NONE.code) {
        if (errorCode === errors.UNKNOWN_MEMBER_ID.code) memberId = "";
        rejoined++;
        await join();
      }
      busy = false;
    },
    isOwing: () => false,
    leave: async () => {
      await connection.call(LeaveGroup, LEAVE_VERSION, { groupId, members: [{ memberId, groupInstanceId: null }] });
    },
    fenced: () => rejoined,
  };
}
