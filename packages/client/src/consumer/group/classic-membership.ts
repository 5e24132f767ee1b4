// A member of a classic group: members meet in rounds, in each of which one of them hands out the partitions.
//
//   join (waits for the others) → sync (brings the partitions) → heartbeats, until they say that there is another round
//
// Eager members give everything up before they join; cooperative ones keep what they have, give up what the round took from them, and have
// another round to hand that out (KIP-429).
import { backoffMs } from "../../cluster/backoff.js";
import { type ClientError, isRetriable } from "../../errors.js";
import { type Bell, bellOf } from "../bell.js";
import type { AssignorName } from "../options.js";
import { keyOf, type TopicPartition } from "../topic-partition.js";
import { type ClassicRound, classicRounds, NO_GENERATION } from "./classic-rounds.js";
import type { Membership, MembershipWorld } from "./membership.js";

/** What a heartbeat, or a round, says of us. */
export type Verdict =
  /** There is another round. */
  | "rejoin"
  /** Rounds went on without us: what we have is others' by now. */
  | "lost"
  /** The same, and our member id means nothing any more. */
  | "unknown";

export function classicMembership(world: MembershipWorld): Membership {
  const { cluster, settings, coordinator, subscription, holdings, signal, failed } = world;
  const instanceId = settings.instanceId ?? null;
  const bell: Bell = bellOf(cluster.settings.world.timers);
  let assignors: readonly AssignorName[] = settings.assignors ?? ["cooperative-sticky"];
  let round: ClassicRound = { memberId: "", generation: NO_GENERATION };
  let isMember = false;
  let isJoining = false;
  let verdict: Verdict | undefined;

  const isEager = () => assignors.includes("range");
  const judged = (said: Verdict) => {
    // The worst counts.
    if (verdict === undefined || verdict === "rejoin" || said === "unknown") verdict = said;
    bell.ring();
  };
  const rounds = classicRounds(world, () => assignors);

  const heartbeats = async () => {
    for (let failures = 0; isMember && !signal.aborted; ) {
      await cluster.pause(failures === 0 ? settings.heartbeatIntervalMs : backoffMs(cluster.settings, failures), signal);
      const { generation } = round;
      if (generation === NO_GENERATION || isJoining || !isMember) continue;
      try {
        const said = await rounds.heartbeat(round);
        failures = 0;
        if (said !== undefined && round.generation === generation && !isJoining) judged(said);
      } catch (error) {
        if (!isRetriable(error)) throw error;
        failures++;
      }
    }
  };
  /** Goes as far as is needed for the next round to be possible. */
  const prepare = async () => {
    const said = verdict;
    verdict = undefined;
    if (said === "lost" || said === "unknown") {
      round = { memberId: said === "unknown" ? "" : round.memberId, generation: NO_GENERATION };
      await holdings.lose(holdings.owned());
    } else if (isEager()) await holdings.revoke(holdings.owned());
  };
  const meet = async (): Promise<readonly TopicPartition[] | undefined> => {
    isJoining = true;
    try {
      const met = await rounds.meet(round, holdings.owned(), (memberId) => {
        round = { ...round, memberId };
      });
      if (met.kind === "again") {
        if (met.verdict) verdict = met.verdict;
        return undefined;
      }
      round = met.round;
      return met.partitions;
    } finally {
      isJoining = false;
    }
  };
  const take = async (partitions: readonly TopicPartition[]) => {
    const wanted = new Set(partitions.map(keyOf));
    const gone = holdings.owned().filter((one) => !wanted.has(keyOf(one)));
    await holdings.revoke(gone);
    const kept = new Set(holdings.owned().map(keyOf));
    if (verdict === "lost" || verdict === "unknown") return;
    await holdings.assign(partitions.filter((one) => !kept.has(keyOf(one))));
    // Others wait for what we gave up.
    if (gone.length > 0) judged("rejoin");
  };
  const oneRound = async () => {
    await prepare();
    if (!isMember) return;
    const partitions = await meet();
    if (!isMember || !partitions) return;
    await take(partitions);
    while (isMember && verdict === undefined && !signal.aborted) await bell.heard();
  };
  const live = async () => {
    await subscription.ready();
    for (let failures = 0; isMember && !signal.aborted; ) {
      try {
        await oneRound();
        failures = 0;
      } catch (error) {
        if (!isMember) return;
        if (fallsBack(error)) continue;
        if (!isRetriable(error)) throw error;
        await cluster.pause(backoffMs(cluster.settings, ++failures), signal);
      }
    }
  };
  /** The group is one of eager members: unless the program has chosen, we are one too. */
  const fallsBack = (error: unknown): boolean => {
    if (settings.assignors || isEager() || (error as ClientError).code !== "INCONSISTENT_GROUP_PROTOCOL") return false;
    assignors = ["range"];
    return true;
  };
  const guarded = (task: Promise<void>) =>
    void task.catch((error) => {
      if (!signal.aborted) failed(error);
    });
  subscription.onChange(() => judged("rejoin"));
  return {
    identity: () =>
      isMember && round.generation !== NO_GENERATION ? { memberId: round.memberId, epoch: round.generation, instanceId } : undefined,
    join() {
      if (isMember) return;
      isMember = true;
      verdict = undefined;
      guarded(live());
      guarded(heartbeats());
    },
    async leave({ stalled }) {
      if (!isMember) return;
      const owned = holdings.owned();
      if (stalled) await holdings.lose(owned);
      else await holdings.revoke(owned);
      isMember = false;
      const { memberId } = round;
      round = { memberId: "", generation: NO_GENERATION };
      bell.ring();
      coordinator.stopWaiting();
      // A static member's place is kept until its session ends (KIP-345).
      if (memberId !== "" && instanceId === null) await rounds.leave(memberId).catch(() => {});
    },
  };
}
