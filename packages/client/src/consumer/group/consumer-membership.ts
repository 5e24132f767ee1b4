// A member of a KIP-848 group: the coordinator decides who has what, and heartbeats bring it. What is taken is given up and acknowledged
// before anybody else gets it.
import { ConsumerGroupHeartbeat, type RequestInput, type ResponseOf } from "@moldau/protocol";
import { randomUuid } from "@moldau/std";
import { backoffMs } from "../../cluster/backoff.js";
import { ClientError, isRetriable } from "../../errors.js";
import { bellOf } from "../bell.js";
import type { Membership, MembershipWorld } from "./membership.js";
import { reconciler } from "./reconciler.js";

const JOINING = 0;
const LEAVING = -1;
/** A static member that comes back: its partitions are kept for it. */
const LEAVING_FOR_A_WHILE = -2;
/** Until the coordinator says how often. */
const FIRST_INTERVAL_MS = 5_000;
/** A new member without partitions asks for them as often and as many times: groups are assigned with a delay that is below an interval. */
const EAGER_INTERVAL_MS = 300;
const EAGER_BEATS = 5;

type Request = RequestInput<typeof ConsumerGroupHeartbeat>;
type Answer = ResponseOf<typeof ConsumerGroupHeartbeat>;

export function consumerMembership(world: MembershipWorld): Membership {
  const { cluster, settings, coordinator, subscription, holdings, signal, failed } = world;
  const { timers, random, clock } = cluster.settings.world;
  const memberId = randomUuid((count) => random.bytes(count));
  const instanceId = settings.instanceId ?? null;
  const bell = bellOf(timers);
  const assignment = reconciler(cluster, subscription, holdings, bell.ring, failed);
  let epoch = JOINING;
  let isMember = false;
  let isLeaving = false;
  let intervalMs = FIRST_INTERVAL_MS;
  let eagerBeats = 0;
  /** The next heartbeat says everything: the coordinator may not know what was said before. */
  let whole = true;
  let toldOwned = "";
  let refusedSinceMs: number | undefined;

  const beat = async () => {
    const owned = assignment.owned();
    const isOwnedNews = whole || JSON.stringify(owned) !== toldOwned;
    const everything = whole || epoch === JOINING;
    const request: Request = {
      groupId: coordinator.group,
      memberId,
      memberEpoch: epoch,
      instanceId,
      rackId: everything ? (settings.rack ?? null) : null,
      rebalanceTimeoutMs: everything ? settings.maxPollMs : -1,
      subscribedTopicNames: everything ? [...subscription.topics()] : null,
      serverAssignor: null,
      topicPartitions: isOwnedNews ? (epoch === JOINING ? [] : owned) : null,
    };
    whole = false;
    const answer = await coordinator.ask(ConsumerGroupHeartbeat, request).catch((error) => {
      whole = true;
      throw error;
    });
    if (!isMember) return;
    if (answer.errorCode === 0) {
      toldOwned = JSON.stringify(owned);
      refusedSinceMs = undefined;
      accepted(answer);
    } else await refused(answer);
  };
  const accepted = (answer: Answer) => {
    epoch = answer.memberEpoch;
    intervalMs = answer.heartbeatIntervalMs;
    if ((answer.assignment?.topicPartitions.length ?? 0) > 0) eagerBeats = 0;
    if (answer.assignment && !isLeaving) assignment.reconcile(answer.assignment.topicPartitions);
  };
  const refused = async ({ errorCode, errorMessage }: Answer) => {
    whole = true;
    const error = coordinator.errorOf(errorCode, errorMessage);
    switch (error?.code) {
      case "UNKNOWN_MEMBER_ID":
      case "FENCED_MEMBER_EPOCH":
        epoch = JOINING;
        await assignment.lose();
        bell.ring();
        return;
      case "UNRELEASED_INSTANCE_ID":
        // The one before us may have been killed: its session ends.
        refusedSinceMs ??= clock.monotonicMs();
        if (clock.monotonicMs() - refusedSinceMs > settings.maxPollMs) throw error;
        throw new ClientError(error.code, error.message, { retriable: true });
      default:
        throw error;
    }
  };
  const live = async () => {
    await subscription.ready();
    for (let failures = 0; isMember && !signal.aborted; ) {
      try {
        if (epoch === JOINING) eagerBeats = EAGER_BEATS;
        const rings = bell.rings();
        await beat();
        failures = 0;
        const waitMs = eagerBeats-- > 0 ? Math.min(EAGER_INTERVAL_MS, intervalMs) : intervalMs;
        await bell.heard(waitMs, rings);
      } catch (error) {
        if (!isRetriable(error)) throw error;
        await cluster.pause(backoffMs(cluster.settings, ++failures), signal);
      }
    }
  };
  subscription.onChange(() => {
    whole = true;
    bell.ring();
  });
  return {
    identity: () => (isMember && epoch > JOINING ? { memberId, epoch, instanceId } : undefined),
    join() {
      if (isMember) return;
      isMember = true;
      epoch = JOINING;
      whole = true;
      live().catch((error) => {
        if (!signal.aborted) failed(error);
      });
    },
    async leave({ stalled }) {
      if (!isMember) return;
      // Heartbeats go on while what is in hand is waited for.
      isLeaving = true;
      await assignment.stop({ giveUp: !stalled });
      isLeaving = false;
      const wasEpoch = epoch;
      isMember = false;
      epoch = JOINING;
      bell.ring();
      if (wasEpoch > JOINING) await farewell();
    },
  };

  async function farewell(): Promise<void> {
    const request = {
      groupId: coordinator.group,
      memberId,
      memberEpoch: instanceId === null ? LEAVING : LEAVING_FOR_A_WHILE,
      instanceId,
      rackId: null,
      subscribedTopicNames: null,
      serverAssignor: null,
      topicPartitions: null,
    };
    // If it is lost the session ends by itself.
    await coordinator.ask(ConsumerGroupHeartbeat, request).catch(() => {});
  }
}
