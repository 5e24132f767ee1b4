// Groups described: state, members, who has which partitions. A group's id does not say which kind it is: each is asked for in turn.
import {
  ConsumerGroupDescribe,
  ConsumerProtocolAssignment,
  DescribeGroups,
  decodeVersioned,
  ProtocolError,
  type ResponseOf,
  ShareGroupDescribe,
} from "@moldau/protocol";
import type { Cluster } from "../cluster/cluster.js";
import { ClientError, errorOf } from "../errors.js";
import type { GroupState, GroupType } from "./groups.js";
import { type Operation, operationsOf } from "./operations.js";
import { failed, type Outcome, outcome, type PerItem } from "./outcome.js";
import { type AdminOptions, type Ask, inRounds, matched } from "./rounds.js";
import { type TopicPartition, toCoordinator } from "./routes.js";

export interface GroupDescription {
  readonly groupId: string;
  readonly type: GroupType;
  readonly state: GroupState;
  /** "consumer" where members are consumers. */
  readonly protocolType: string;
  /** What assigns partitions; "" while nothing is decided. */
  readonly assignor: string;
  /** Of the group (KIP-848); undefined for classic groups. */
  readonly epoch: number | undefined;
  readonly assignmentEpoch: number | undefined;
  /** Node id. */
  readonly coordinator: number;
  readonly members: readonly MemberDescription[];
  readonly operations: readonly Operation[];
}

export interface MemberDescription {
  readonly memberId: string;
  readonly instanceId: string | undefined;
  readonly rack: string | undefined;
  readonly clientId: string;
  readonly clientHost: string;
  /** Undefined in classic groups. */
  readonly epoch: number | undefined;
  readonly assignment: readonly TopicPartition[];
  /** What it is to have in the end; undefined where groups don't tell. */
  readonly targetAssignment: readonly TopicPartition[] | undefined;
}

export interface GroupDescriptions {
  /** Errors: GROUP_ID_NOT_FOUND, … */
  describe(groupIds: readonly string[], options?: AdminOptions): PerItem<string, GroupDescription>;
}

type Described = readonly Outcome<string, GroupDescription>[];
type Kind = (ask: Ask, nodeId: number, groupIds: readonly string[]) => Promise<Described>;

export function groupDescriptions(cluster: Cluster): GroupDescriptions {
  return {
    describe: (groupIds, options) =>
      inRounds(
        cluster,
        groupIds,
        toCoordinator(cluster, "group", (groupId) => groupId),
        async (ask, nodeId, some) => {
          let outcomes = await unlessUnsupported(consumerGroups)(ask, nodeId, some);
          for (const kind of [classicGroups, unlessUnsupported(shareGroups)]) {
            const unknown = outcomes.flatMap(({ item, error }) => (error && NOT_OF_THIS_KIND.has(error.code) ? [item] : []));
            if (unknown.length === 0) break;
            const found = new Map((await kind(ask, nodeId, unknown)).map((one) => [one.item, one]));
            // The answer of the kind that any broker knows says best why there is no such group.
            outcomes = outcomes.map((one) =>
              found.get(one.item)?.error?.code === "UNSUPPORTED_BY_BROKER" ? one : (found.get(one.item) ?? one),
            );
          }
          return outcomes;
        },
        options,
      ),
  };
}

const NOT_OF_THIS_KIND: ReadonlySet<string> = new Set(["GROUP_ID_NOT_FOUND", "UNSUPPORTED_BY_BROKER", "UNSUPPORTED_VERSION"]);

/** A broker that does not know the kind has none of it. */
const unlessUnsupported =
  (kind: Kind): Kind =>
  async (ask, nodeId, groupIds) => {
    try {
      return await kind(ask, nodeId, groupIds);
    } catch (error) {
      if (!(error instanceof ClientError && error.code === "UNSUPPORTED_BY_BROKER")) throw error;
      return groupIds.map((groupId) => failed(groupId, error));
    }
  };

const groupIdOf = ({ groupId }: { readonly groupId: string }) => groupId;
const itself = (groupId: string) => groupId;

const consumerGroups: Kind = async (ask, nodeId, groupIds) => {
  const { groups } = await ask(nodeId, ConsumerGroupDescribe, { groupIds, includeAuthorizedOperations: true });
  return matched(groupIds, itself, groups, groupIdOf, (item, group) =>
    outcome(item, errorOf(group.errorCode, group.errorMessage), () => ({
      ...newGroup(group, nodeId),
      type: "consumer",
      members: group.members.map((member) => ({
        ...newMember(member),
        instanceId: member.instanceId ?? undefined,
        targetAssignment: partitionsOf(member.targetAssignment),
      })),
    })),
  );
};

const shareGroups: Kind = async (ask, nodeId, groupIds) => {
  const { groups } = await ask(nodeId, ShareGroupDescribe, { groupIds, includeAuthorizedOperations: true });
  return matched(groupIds, itself, groups, groupIdOf, (item, group) =>
    outcome(item, errorOf(group.errorCode, group.errorMessage), () => ({
      ...newGroup(group, nodeId),
      type: "share",
      members: group.members.map((member) => ({ ...newMember(member), instanceId: undefined, targetAssignment: undefined })),
    })),
  );
};

type NewGroup = ResponseOf<typeof ShareGroupDescribe>["groups"][number];

const newGroup = (group: Omit<NewGroup, "members">, coordinator: number) => ({
  groupId: group.groupId,
  state: group.groupState,
  protocolType: "consumer",
  assignor: group.assignorName,
  epoch: group.groupEpoch,
  assignmentEpoch: group.assignmentEpoch,
  coordinator,
  operations: operationsOf(group.authorizedOperations),
});

const newMember = ({ memberId, rackId, clientId, clientHost, memberEpoch, assignment }: NewGroup["members"][number]) => ({
  memberId,
  rack: rackId ?? undefined,
  clientId,
  clientHost,
  epoch: memberEpoch,
  assignment: partitionsOf(assignment),
});

const partitionsOf = ({ topicPartitions }: NewGroup["members"][number]["assignment"]): readonly TopicPartition[] =>
  topicPartitions.flatMap(({ topicName, partitions }) => partitions.map((partition) => ({ topic: topicName, partition })));

/** The first version of DescribeGroups that can tell what one may do. */
const OPERATIONS = 3;
/** What old brokers say of groups that they don't have. */
const DEAD = "Dead";

const classicGroups: Kind = async (ask, nodeId, groupIds) => {
  const { groups } = await ask(nodeId, DescribeGroups, (version) => ({
    groups: groupIds,
    ...(version >= OPERATIONS && { includeAuthorizedOperations: true }),
  }));
  return matched(groupIds, itself, groups, groupIdOf, (item, group) => {
    const missing = group.groupState === DEAD ? new ClientError("GROUP_ID_NOT_FOUND", `there is no group ${item}`) : undefined;
    return outcome(item, errorOf(group.errorCode, group.errorMessage) ?? missing, () => classicGroup(group, nodeId));
  });
};

const classicGroup = (group: ResponseOf<typeof DescribeGroups>["groups"][number], coordinator: number): GroupDescription => ({
  groupId: group.groupId,
  type: "classic",
  state: group.groupState,
  protocolType: group.protocolType,
  assignor: group.protocolData,
  epoch: undefined,
  assignmentEpoch: undefined,
  coordinator,
  members: group.members.map(({ memberId, groupInstanceId, clientId, clientHost, memberAssignment }) => ({
    memberId,
    instanceId: groupInstanceId ?? undefined,
    rack: undefined,
    clientId,
    clientHost,
    epoch: undefined,
    assignment: classicAssignment(memberAssignment),
    targetAssignment: undefined,
  })),
  operations: operationsOf(group.authorizedOperations),
});

/** Empty while the group rebalances; what members that are no consumers have is theirs alone. */
function classicAssignment(bytes: Uint8Array): readonly TopicPartition[] {
  if (bytes.length === 0) return [];
  try {
    const { assignedPartitions } = decodeVersioned(ConsumerProtocolAssignment, bytes).value;
    return assignedPartitions.flatMap(({ topic, partitions }) => partitions.map((partition) => ({ topic, partition })));
  } catch (error) {
    if (error instanceof ProtocolError) return [];
    throw error;
  }
}
