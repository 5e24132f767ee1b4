// Answers to JoinGroup and SyncGroup.
import { type ErrorName, errors, type JoinGroup, type ResponseInput, type SyncGroup } from "@moldau/protocol";
import type { ClassicGroup, ClassicMember } from "./group.js";
import { metadataFor } from "./protocols.js";

export type JoinAnswer = ResponseInput<typeof JoinGroup>;
export type SyncAnswer = ResponseInput<typeof SyncGroup>;

/** The version of JoinGroup in which a protocol's name may be null. */
const NULLABLE_PROTOCOL = 7;

export const joinRefused = (version: number, memberId: string, error: ErrorName): JoinAnswer => ({
  throttleTimeMs: 0,
  errorCode: errors[error].code,
  generationId: -1,
  protocolType: null,
  protocolName: version >= NULLABLE_PROTOCOL ? null : "",
  leader: "",
  skipAssignment: false,
  memberId,
  members: [],
});

/** What a member is told of the group's generation; the leader is told of the members too. */
export function joined(group: ClassicGroup, memberId: string): JoinAnswer {
  const { generation, protocolType, protocolName, leader, members } = group;
  return {
    throttleTimeMs: 0,
    errorCode: errors.NONE.code,
    generationId: generation,
    protocolType,
    protocolName,
    leader: leader ?? "",
    skipAssignment: false,
    memberId,
    members: leader === memberId ? [...members.values()].map((member) => toldToLeader(member, protocolName)) : [],
  };
}

const toldToLeader = (member: ClassicMember, protocolName: string | null) => ({
  memberId: member.memberId,
  groupInstanceId: member.instanceId,
  metadata: metadataFor(member, protocolName),
});

const NO_BYTES = new Uint8Array();

export const syncRefused = (error: ErrorName): SyncAnswer => ({
  throttleTimeMs: 0,
  errorCode: errors[error].code,
  protocolType: null,
  protocolName: null,
  assignment: NO_BYTES,
});

export const synced = ({ protocolType, protocolName }: ClassicGroup, { assignment }: ClassicMember): SyncAnswer => ({
  throttleTimeMs: 0,
  errorCode: errors.NONE.code,
  protocolType,
  protocolName,
  assignment,
});
