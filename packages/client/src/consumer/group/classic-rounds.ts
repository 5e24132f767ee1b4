// The requests of a classic group's member: join, sync, heartbeat, leave.
import { Heartbeat, JoinGroup, LeaveGroup, type ResponseOf, SyncGroup } from "@moldau/protocol";
import { ClientError } from "../../errors.js";
import type { AssignorName } from "../options.js";
import type { TopicPartition } from "../topic-partition.js";
import { assignorOf } from "./assignors.js";
import type { Verdict } from "./classic-membership.js";
import { assignmentBytes, membersOf, partitionsOf, subscriptionBytes } from "./member-metadata.js";
import type { MembershipWorld } from "./membership.js";

export interface ClassicRound {
  /** Empty until the coordinator has given one. */
  readonly memberId: string;
  readonly generation: number;
}

export type Met =
  | { readonly kind: "met"; readonly round: ClassicRound; readonly partitions: readonly TopicPartition[] }
  /** Join again, having done what the verdict says. */
  | { readonly kind: "again"; readonly verdict: Verdict | undefined };

export interface ClassicRounds {
  /** Joins and syncs; `named` is told of the member id as soon as there is one. One try; rejects with ClientError. */
  meet(round: ClassicRound, owned: readonly TopicPartition[], named: (memberId: string) => void): Promise<Met>;
  /** Undefined: all is well. Rejects with ClientError. */
  heartbeat(round: ClassicRound): Promise<Verdict | undefined>;
  leave(memberId: string): Promise<void>;
}

export const NO_GENERATION = -1;
const PROTOCOL_TYPE = "consumer";
/** A join is answered when all have joined, for which they have as long as a rebalance may take. */
const JOIN_SLACK_MS = 5_000;

type Joined = ResponseOf<typeof JoinGroup>;
const again = (verdict?: Verdict): Met => ({ kind: "again", verdict });

export function classicRounds(world: MembershipWorld, assignors: () => readonly AssignorName[]): ClassicRounds {
  const { cluster, settings, coordinator, subscription } = world;
  const { group: groupId } = coordinator;
  const groupInstanceId = settings.instanceId ?? null;

  const join = (round: ClassicRound, owned: readonly TopicPartition[]): Promise<Joined> => {
    const rack = settings.rack ?? null;
    const protocols = assignors().map((name) => ({
      name,
      metadata: subscriptionBytes({ name, topics: subscription.topics(), owned, generation: round.generation, rack }),
    }));
    return coordinator.ask(
      JoinGroup,
      (version) => ({
        groupId,
        sessionTimeoutMs: settings.sessionTimeoutMs,
        ...(version >= 1 && { rebalanceTimeoutMs: settings.maxPollMs }),
        memberId: round.memberId,
        ...(version >= 5 && { groupInstanceId }),
        protocolType: PROTOCOL_TYPE,
        protocols,
      }),
      { waits: true, timeoutMs: Math.max(settings.maxPollMs, settings.sessionTimeoutMs) + JOIN_SLACK_MS },
    );
  };
  /** What each member gets, when we are the one to say so. */
  const handOut = async ({ leader, memberId, skipAssignment, members, protocolName }: Joined) => {
    if (leader !== memberId || skipAssignment) return [];
    const assignor = assignorOf(protocolName ?? "");
    if (!assignor) throw new ClientError("INCONSISTENT_GROUP_PROTOCOL", `the group chose "${protocolName}", which was not offered`);
    const joined = membersOf(members);
    const topics = [...new Set(joined.flatMap((member) => member.topics))];
    if (topics.length > 0) await cluster.metadata.refresh(topics);
    const counts = new Map(topics.map((topic) => [topic, cluster.metadata.known(topic)?.partitions.length ?? 0]));
    return [...assignor(joined, counts)].map(([id, partitions]) => ({ memberId: id, assignment: assignmentBytes(partitions) }));
  };
  const sync = async (joined: Joined, round: ClassicRound): Promise<Met> => {
    const assignments = await handOut(joined);
    const answer = await coordinator.ask(
      SyncGroup,
      (version) => ({
        groupId,
        generationId: round.generation,
        memberId: round.memberId,
        ...(version >= 3 && { groupInstanceId }),
        ...(version >= 5 && { protocolType: PROTOCOL_TYPE, protocolName: joined.protocolName }),
        assignments,
      }),
      { waits: true, timeoutMs: settings.maxPollMs + JOIN_SLACK_MS },
    );
    const error = coordinator.errorOf(answer.errorCode);
    if (!error) return { kind: "met", round, partitions: partitionsOf(answer.assignment) };
    const said = verdictOn(error);
    if (said === undefined) throw error;
    return again(said);
  };
  return {
    async meet(round, owned, named) {
      const joined = await join(round, owned);
      const error = coordinator.errorOf(joined.errorCode);
      if (error?.code === "MEMBER_ID_REQUIRED") {
        named(joined.memberId);
        return again();
      }
      if (error) {
        const said = verdictOn(error);
        if (said === undefined) throw error;
        return again(said);
      }
      named(joined.memberId);
      return sync(joined, { memberId: joined.memberId, generation: joined.generationId });
    },
    async heartbeat({ memberId, generation }) {
      const { errorCode } = await coordinator.ask(Heartbeat, (version) => ({
        groupId,
        generationId: generation,
        memberId,
        ...(version >= 3 && { groupInstanceId }),
      }));
      const error = coordinator.errorOf(errorCode);
      const said = error && verdictOn(error);
      if (error && said === undefined) throw error;
      return said;
    },
    async leave(memberId) {
      await coordinator.ask(LeaveGroup, (version) =>
        version >= 3 ? { groupId, members: [{ memberId, groupInstanceId }] } : { groupId, memberId },
      );
    },
  };
}

/** What a refusal says of us; undefined when it says something else. */
function verdictOn({ code }: ClientError): Verdict | undefined {
  if (code === "REBALANCE_IN_PROGRESS") return "rejoin";
  if (code === "ILLEGAL_GENERATION") return "lost";
  return code === "UNKNOWN_MEMBER_ID" ? "unknown" : undefined;
}
