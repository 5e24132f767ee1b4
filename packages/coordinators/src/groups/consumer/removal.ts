// What makes a consumer group disappear.
import type { ConsumerEvent } from "./events.js";
import type { ConsumerGroup } from "./group.js";

/** Tombstones of all records, the group's own last. */
export function removal(group: ConsumerGroup): ConsumerEvent[] {
  const { groupId } = group;
  const members = [...group.members.keys()];
  return [
    ...members.map((memberId): ConsumerEvent => ({ kind: "consumerCurrent", groupId, memberId, value: undefined })),
    ...[...group.targets.keys()].map((memberId): ConsumerEvent => ({ kind: "consumerTarget", groupId, memberId, value: undefined })),
    { kind: "consumerTargets", groupId, value: undefined },
    ...members.map((memberId): ConsumerEvent => ({ kind: "consumerMember", groupId, memberId, value: undefined })),
    ...[...group.regexes.keys()].map(
      (regex): ConsumerEvent => ({ kind: "consumerRegex", groupId, regex, value: undefined, durable: true }),
    ),
    ...(group.hasPartitionMetadata ? [{ kind: "consumerPartitionMetadata", groupId, value: undefined } as const] : []),
    { kind: "consumerGroup", groupId, value: undefined },
  ];
}
