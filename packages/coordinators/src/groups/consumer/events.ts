// What happens to a consumer group: one event for each kind of record that __consumer_offsets keeps of it, and what memory alone keeps.
import type { Assignment } from "../assignors/assignor.js";
import type { GroupsState } from "../state.js";
import { type ConsumerGroup, newConsumerGroup, type ResolvedRegex } from "./group.js";
import { forget, setCurrent, setMetadata } from "./group-index.js";
import type { CurrentAssignment, MemberMetadata } from "./member.js";

/** In each, undefined stands for a tombstone. */
export type ConsumerEvent =
  | { readonly kind: "consumerGroup"; readonly groupId: string; readonly value: { epoch: number; metadataHash: bigint } | undefined }
  | { readonly kind: "consumerPartitionMetadata"; readonly groupId: string; readonly value: "present" | undefined }
  | { readonly kind: "consumerMember"; readonly groupId: string; readonly memberId: string; readonly value: MemberMetadata | undefined }
  | { readonly kind: "consumerTargets"; readonly groupId: string; readonly value: { epoch: number; timestampMs: number } | undefined }
  | { readonly kind: "consumerTarget"; readonly groupId: string; readonly memberId: string; readonly value: Assignment | undefined }
  | { readonly kind: "consumerCurrent"; readonly groupId: string; readonly memberId: string; readonly value: CurrentAssignment | undefined }
  | {
      readonly kind: "consumerRegex";
      readonly groupId: string;
      readonly regex: string;
      readonly value: ResolvedRegex | undefined;
      /** False when it stands for the same topics as before: memory alone keeps when that was seen. */
      readonly durable: boolean;
    }
  /** Memory alone: the metadata hash is that of this version of the topics view. */
  | { readonly kind: "consumerTopicsSeen"; readonly groupId: string; readonly version: number }
  /** Memory alone: a member of the classic protocol was told to join again, or has. */
  | { readonly kind: "consumerJoinAwaited"; readonly groupId: string; readonly memberId: string; readonly awaited: boolean };

export function applyConsumer(state: GroupsState, event: ConsumerEvent): void {
  const present = state.groups.get(event.groupId);
  if (event.kind === "consumerGroup" && event.value === undefined) {
    if (present?.kind === "consumer") state.groups.delete(event.groupId);
    return;
  }
  if (present?.kind === "consumer") {
    change(present, event);
    return;
  }
  // Tombstones of a group that is gone, or is of another kind by now, are nothing to it.
  if (event.kind === "consumerTopicsSeen" || event.kind === "consumerJoinAwaited" || event.value === undefined) return;
  const group = newConsumerGroup(event.groupId);
  state.groups.set(event.groupId, group);
  change(group, event);
}

function change(group: ConsumerGroup, event: ConsumerEvent): void {
  switch (event.kind) {
    case "consumerGroup":
      group.groupEpoch = event.value?.epoch ?? group.groupEpoch;
      group.metadataHash = event.value?.metadataHash ?? group.metadataHash;
      break;
    case "consumerPartitionMetadata":
      group.hasPartitionMetadata = event.value !== undefined;
      break;
    case "consumerMember":
      if (event.value) setMetadata(group, event.memberId, event.value);
      else forget(group, event.memberId);
      break;
    case "consumerTargets":
      group.assignmentEpoch = event.value?.epoch ?? 0;
      group.assignedAtMs = event.value?.timestampMs ?? 0;
      break;
    case "consumerTarget":
      if (event.value) group.targets.set(event.memberId, event.value);
      else group.targets.delete(event.memberId);
      break;
    case "consumerCurrent":
      setCurrent(group, event.memberId, event.value);
      break;
    case "consumerRegex":
      if (event.value) group.regexes.set(event.regex, event.value);
      else group.regexes.delete(event.regex);
      break;
    case "consumerTopicsSeen":
      group.topicsVersion = event.version;
      break;
    case "consumerJoinAwaited":
      if (event.awaited) group.awaitedJoins.add(event.memberId);
      else group.awaitedJoins.delete(event.memberId);
  }
}
