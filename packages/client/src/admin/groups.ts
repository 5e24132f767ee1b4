// Groups: listed, deleted, rid of members.
import { DeleteGroups, LeaveGroup, ListGroups } from "@moldau/protocol";
import type { Cluster } from "../cluster/cluster.js";
import { ClientError, errorOf } from "../errors.js";
import { everywhere } from "./everywhere.js";
import { outcome, type PerItem } from "./outcome.js";
import { type AdminOptions, inRounds, matched } from "./rounds.js";
import { toCoordinator } from "./routes.js";

/** Of the protocol that its members speak. "unknown": the broker is too old to say. */
export type GroupType = "classic" | "consumer" | "share" | "streams" | "unknown";
/** As Kafka calls it: Stable, Empty, PreparingRebalance, CompletingRebalance, Assigning, Reconciling, Dead. */
export type GroupState = string;

export interface GroupListing {
  readonly groupId: string;
  readonly type: GroupType;
  readonly state: GroupState;
  /** What members of classic groups are: "consumer", "connect", …; "" where only offsets are kept. */
  readonly protocolType: string;
}

export interface ListGroupsOptions extends AdminOptions {
  readonly states?: readonly GroupState[];
  readonly types?: readonly GroupType[];
}

/** A member by its id, or a static one by its instance id (KIP-345). */
export type MemberToRemove = { readonly memberId: string } | { readonly instanceId: string };

export interface Groups {
  /** Of all brokers. Rejects with ClientError. */
  list(options?: ListGroupsOptions): Promise<readonly GroupListing[]>;
  /** Groups without members, with their offsets. Errors: NON_EMPTY_GROUP, GROUP_ID_NOT_FOUND, … */
  delete(groupIds: readonly string[], options?: AdminOptions): PerItem<string, void>;
  /** Takes members out of a classic group. Errors: UNKNOWN_MEMBER_ID, … */
  removeMembers(
    groupId: string,
    members: readonly MemberToRemove[],
    options?: AdminOptions & { readonly reason?: string },
  ): PerItem<MemberToRemove, void>;
}

/** The first versions of ListGroups that tell of, and filter by, states (KIP-518) and types (KIP-848). */
const STATES = 4;
const TYPES = 5;
/** The first version of LeaveGroup that takes several members out. */
const SEVERAL_MEMBERS = 3;

export function groupsOf(cluster: Cluster): Groups {
  return {
    async list({ states = [], types = [], ...options } = {}) {
      const listed = await everywhere(
        cluster,
        async (ask, nodeId, [item = nodeId]) => {
          const answer = await ask(nodeId, ListGroups, (version) => {
            refuseFilters(version, states, types);
            return { ...(version >= STATES && { statesFilter: states }), ...(version >= TYPES && { typesFilter: types }) };
          });
          return [outcome(item, errorOf(answer.errorCode), () => answer.groups)];
        },
        options,
      );
      const groups = listed.flat().map(({ groupId, groupType, groupState, protocolType }) => ({
        groupId,
        type: groupTypeOf(groupType),
        state: groupState,
        protocolType,
      }));
      return groups.sort((a, b) => (a.groupId < b.groupId ? -1 : 1));
    },
    delete: (groupIds, options) =>
      inRounds(
        cluster,
        groupIds,
        toCoordinator(cluster, "group", (groupId) => groupId),
        async (ask, nodeId, some) => {
          const { results } = await ask(nodeId, DeleteGroups, { groupsNames: some });
          return results.map(({ groupId, errorCode }) => outcome(groupId, errorOf(errorCode), () => {}));
        },
        options,
      ),
    removeMembers: (groupId, members, { reason, ...options } = {}) =>
      inRounds(
        cluster,
        members,
        toCoordinator(cluster, "group", () => groupId),
        async (ask, nodeId, some) => {
          const answer = await ask(nodeId, LeaveGroup, (version) => {
            if (version < SEVERAL_MEMBERS) throw new ClientError("UNSUPPORTED_BY_BROKER", "the broker is too old to remove members");
            return { groupId, members: some.map((member) => ({ ...identityOf(member), reason: reason ?? null })) };
          });
          const failure = errorOf(answer.errorCode);
          if (failure) throw failure;
          return matched(some, memberKey, answer.members, memberKeyOnWire, (item, { errorCode }) =>
            outcome(item, errorOf(errorCode), () => {}),
          );
        },
        options,
      ),
  };
}

export function groupTypeOf(text: string): GroupType {
  const type = text.toLowerCase();
  return type === "classic" || type === "consumer" || type === "share" || type === "streams" ? type : "unknown";
}

/** A filter that the broker ignored would let everything through. */
function refuseFilters(version: number, states: readonly string[], types: readonly string[]): void {
  if ((states.length > 0 && version < STATES) || (types.length > 0 && version < TYPES)) {
    throw new ClientError("UNSUPPORTED_BY_BROKER", "the broker is too old to list groups by state or type");
  }
}

const identityOf = (member: MemberToRemove) =>
  "instanceId" in member ? { memberId: "", groupInstanceId: member.instanceId } : { memberId: member.memberId, groupInstanceId: null };

const memberKey = (member: MemberToRemove): string => memberKeyOnWire(identityOf(member));
const memberKeyOnWire = ({ memberId, groupInstanceId }: { readonly memberId: string; readonly groupInstanceId: string | null }): string =>
  groupInstanceId === null ? `member ${memberId}` : `instance ${groupInstanceId}`;
