// A member that speaks the consumer protocol (KIP-848): one heartbeat says and brings everything.
import { ConsumerGroupHeartbeat, type ResponseOf } from "@moldau/protocol";
import { isLoss } from "../clients/reconnecting.js";
import { errorName, isComing, type MemberOptions, progress, RETRY_MS } from "./member.js";

const VERSION = 1;
const JOINING = 0;
const LEAVING = -1;
const LEAVING_FOR_A_WHILE = -2;

/** Settles when the member's life is over. */
export async function consumerMember(options: MemberOptions): Promise<void> {
  const { client, ledger, name, end, random, heartbeatMs } = options;
  const memberId = name;
  let epoch = JOINING;
  let owned: readonly number[] = [];
  /** The first heartbeat after a lost answer says everything again. */
  let whole = true;

  const fenced = () => {
    epoch = JOINING;
    owned = [];
    whole = true;
    ledger.owns(name, owned);
  };
  const told = (answer: ResponseOf<typeof ConsumerGroupHeartbeat>) => {
    epoch = answer.memberEpoch;
    whole = false;
    if (!answer.assignment) return;
    owned = answer.assignment.topicPartitions.flatMap(({ partitions }) => partitions);
    ledger.owns(name, owned);
  };
  const beat = async () => {
    const sentMs = client.time.nowMs();
    const answer = await client.request(ConsumerGroupHeartbeat, VERSION, heartbeat(options, epoch, owned, whole || random.chance(0.1)));
    const said = errorName(answer.errorCode);
    if (said === "NONE") {
      ledger.heardOf(name, sentMs);
      told(answer);
    } else if (said === "UNKNOWN_MEMBER_ID" || said === "FENCED_MEMBER_EPOCH") fenced();
    else if (said !== "UNRELEASED_INSTANCE_ID" && !isComing(answer.errorCode))
      throw new Error(`${name}: a heartbeat was answered with ${said}: ${answer.errorMessage}`);
  };

  ledger.owns(name, []);
  while (end() === undefined) {
    try {
      if (random.chance(0.02)) client.hangUp();
      await beat();
      if (owned.length > 0 && random.chance(0.5)) await progress(options, { memberId, epoch }, random.pick(owned));
      await client.time.pause(random.int(1, heartbeatMs));
    } catch (error) {
      if (!isLoss(error)) throw error;
      whole = true;
      await client.time.pause(RETRY_MS);
    }
  }
  ledger.owns(name, []);
  if (end() === "leave" && epoch !== JOINING) await leave(options, random.chance(0.5));
}

function heartbeat(
  { groupId, name, instanceId, rebalanceMs, topic, topicId }: MemberOptions,
  memberEpoch: number,
  owned: readonly number[],
  whole: boolean,
) {
  const joining = memberEpoch === JOINING;
  const everything = whole || joining;
  return {
    groupId,
    memberId: name,
    memberEpoch,
    instanceId,
    rackId: null,
    rebalanceTimeoutMs: everything ? rebalanceMs : -1,
    subscribedTopicNames: everything ? [topic] : null,
    subscribedTopicRegex: null,
    serverAssignor: null,
    topicPartitions: joining ? [] : owned.length > 0 ? [{ topicId, partitions: [...owned] }] : [],
  };
}

async function leave({ client, groupId, name, instanceId }: MemberOptions, forAWhile: boolean): Promise<void> {
  const memberEpoch = instanceId !== null && forAWhile ? LEAVING_FOR_A_WHILE : LEAVING;
  try {
    await client.request(ConsumerGroupHeartbeat, VERSION, {
      groupId,
      memberId: name,
      memberEpoch,
      instanceId,
      rackId: null,
      rebalanceTimeoutMs: -1,
      subscribedTopicNames: null,
      subscribedTopicRegex: null,
      serverAssignor: null,
      topicPartitions: null,
    });
  } catch (error) {
    if (!isLoss(error)) throw error;
  }
}
