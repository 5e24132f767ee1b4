// The facts of a group, by its protocol.
import type { GroupFacts } from "./facts.js";
import type { Group } from "./state.js";

// Simple groups alone, until each protocol answers for its own.
const simpleFacts: GroupFacts<Group> = {
  isEmpty: () => true,
  offsetsIdleSince: () => "commit",
  checkCommit: (_group, { epoch }) => (epoch < 0 ? undefined : "UNKNOWN_MEMBER_ID"),
  commitTimers: () => [],
  checkFetch: () => undefined,
  isSubscribedTo: () => false,
  removal: ({ groupId }) => [{ kind: "classicGroup", groupId, group: undefined, durable: true }],
  list: ({ groupId }) => ({ groupId, protocolType: "", groupState: "Empty", groupType: "classic" }),
  describe: ({ groupId }) => ({ errorCode: 0, groupId, groupState: "Empty", protocolType: "", protocolData: "", members: [] }),
  describeConsumer: () => undefined,
};

export const factsOf = (group: Group): GroupFacts<Group> => {
  void group;
  return simpleFacts;
};
