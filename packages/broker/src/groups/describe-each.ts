// What DescribeGroups and ConsumerGroupDescribe share: every group has an answer of its own, with what the client may do to it if asked.
import { errors } from "@moldau/protocol";
import { GROUP_OPERATIONS, OPERATIONS_NOT_ASKED } from "../authorized-operations.js";

export async function describeEach<Described extends { readonly errorCode: number }>(
  groupIds: readonly string[],
  includeAuthorizedOperations: boolean,
  describe: (groupId: string) => Promise<Described>,
): Promise<(Described & { readonly authorizedOperations?: number })[]> {
  const authorizedOperations = includeAuthorizedOperations ? GROUP_OPERATIONS : OPERATIONS_NOT_ASKED;
  const groups = await Promise.all(groupIds.map(describe));
  return groups.map((group) => (group.errorCode === errors.NONE.code ? { ...group, authorizedOperations } : group));
}
