// Whether somebody is the member that it says it is (KIP-345: of an instance id only the last that joined under it).
import type { ErrorName } from "@moldau/protocol";
import type { ClassicGroup } from "./group.js";

/** Undefined when there is nothing wrong. */
export function wrongIdentity(group: ClassicGroup, memberId: string, instanceId: string | null): ErrorName | undefined {
  if (instanceId !== null) {
    const current = group.staticMembers.get(instanceId);
    if (current === undefined) return "UNKNOWN_MEMBER_ID";
    if (current !== memberId) return "FENCED_INSTANCE_ID";
  }
  return group.members.has(memberId) ? undefined : "UNKNOWN_MEMBER_ID";
}

/** The same, for what belongs to a generation. */
export function wrongGeneration(
  group: ClassicGroup,
  client: { readonly memberId: string; readonly instanceId: string | null; readonly generation: number },
): ErrorName | undefined {
  const identity = wrongIdentity(group, client.memberId, client.instanceId);
  if (identity) return identity;
  return client.generation === group.generation ? undefined : "ILLEGAL_GENERATION";
}
