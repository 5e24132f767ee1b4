// The words of scenarios about groups that change protocols: those of consumer groups, and of members of the classic protocol "old-…".
//
//   old-join a topics=orders owns=orders:0     JoinGroup of member a; "-" has no id yet; protocols=range,sticky, type=, instance=, v=
//   old-sync a epoch=3 gives=a:orders:0,1;b:orders:2     SyncGroup; a leader gives
//   old-beat a epoch=3
//   old-leave a                                 LeaveGroup; "-" with instance= by name alone
import {
  ConsumerProtocolAssignment,
  ConsumerProtocolSubscription,
  decodeVersioned,
  encodeVersioned,
  errorByCode,
  type Heartbeat,
  type JoinGroup,
  type LeaveGroup,
  type ResponseInput,
  type SyncGroup,
} from "@moldau/protocol";
import type { Arguments } from "../../../testing/scenario-arguments.js";
import type { ClassicGroup } from "../../classic/group.js";
import type { DescribedGroup } from "../../commands.js";
import { consumerVocabulary } from "../../consumer/testing/vocabulary.js";
import type { GroupsEvent } from "../../events.js";
import type { Vocabulary } from "../../testing/scenario-bench.js";

const SUBSCRIPTION_VERSION = 1;

const caller = (args: Arguments, newest: number) => ({
  version: args.number("v", newest),
  clientId: args.given("client") ?? (idOf(args) || "old"),
  clientHost: "/127.0.0.1",
});

const idOf = ({ words }: Arguments): string => (words[0] === "-" ? "" : (words[0] ?? ""));
const instanceOf = (args: Arguments) => args.given("instance") ?? null;
const groupOf = (args: Arguments) => args.given("group") ?? "g";

/** "orders:0,1/payments:2" */
const partitionsIn = (text: string) =>
  text
    .split("/")
    .filter(Boolean)
    .map((one) => {
      const [topic = "", partitions = ""] = one.split(":");
      return { topic, partitions: partitions.split(",").map(Number) };
    });

export const subscriptionBytes = (topics: readonly string[], owns = ""): Uint8Array =>
  encodeVersioned(ConsumerProtocolSubscription, SUBSCRIPTION_VERSION, {
    topics: [...topics],
    userData: null,
    ownedPartitions: partitionsIn(owns),
    generationId: -1,
    rackId: null,
  });

export const assignmentBytes = (text: string, userData: Uint8Array | null = null): Uint8Array =>
  encodeVersioned(ConsumerProtocolAssignment, SUBSCRIPTION_VERSION, { assignedPartitions: partitionsIn(text), userData });

export function assignmentWords(bytes: Uint8Array): string {
  if (bytes.length === 0) return "nothing";
  const { assignedPartitions } = decodeVersioned(ConsumerProtocolAssignment, bytes).value;
  return assignedPartitions.map(({ topic, partitions }) => `${topic}:${partitions.join(",")}`).join("/") || "-";
}

const gives = (args: Arguments) =>
  args
    .text("gives")
    .split(";")
    .filter(Boolean)
    .map((one) => {
      const [memberId = "", ...rest] = one.split(":");
      const userData = args.has("custom") ? new TextEncoder().encode("mine") : null;
      return { memberId, assignment: assignmentBytes(rest.join(":"), userData) };
    });

const commands: Vocabulary["commands"] = {
  "old-join": (args, ticket) => ({
    kind: "joinGroup",
    ticket,
    caller: caller(args, 9),
    request: {
      groupId: groupOf(args),
      sessionTimeoutMs: args.number("session", 10_000),
      rebalanceTimeoutMs: args.number("timeout", 20_000),
      memberId: idOf(args),
      groupInstanceId: instanceOf(args),
      protocolType: args.given("type") ?? "consumer",
      protocols: (args.given("protocols") ?? "range").split(",").map((name) => ({
        name,
        metadata: args.has("said")
          ? new TextEncoder().encode(args.text("said"))
          : subscriptionBytes(args.list("topics"), args.text("owns")),
      })),
      reason: null,
    },
  }),
  "old-sync": (args, ticket) => ({
    kind: "syncGroup",
    ticket,
    caller: caller(args, 5),
    request: {
      groupId: groupOf(args),
      generationId: args.number("epoch", 1),
      memberId: idOf(args),
      groupInstanceId: instanceOf(args),
      protocolType: args.given("type") ?? "consumer",
      protocolName: args.given("protocol") ?? "range",
      assignments: gives(args),
    },
  }),
  "old-beat": (args, ticket) => ({
    kind: "heartbeat",
    ticket,
    caller: caller(args, 4),
    request: { groupId: groupOf(args), generationId: args.number("epoch", 1), memberId: idOf(args), groupInstanceId: instanceOf(args) },
  }),
  "old-leave": (args, ticket) => ({
    kind: "leaveGroup",
    ticket,
    caller: caller(args, 5),
    request: {
      groupId: groupOf(args),
      memberId: idOf(args),
      members: [idOf(args), ...args.list("and")].map((memberId) => ({ memberId, groupInstanceId: instanceOf(args), reason: null })),
    },
  }),
};

function classicWords(group: ClassicGroup): string {
  const members = [...group.members.values()].map(({ memberId, assignment }) => `${memberId} ${assignmentWords(assignment)}`);
  return `${group.phase} generation=${group.generation} ${group.protocolName ?? "-"} leader=${group.leader ?? "-"}: ${members.join("; ") || "nobody"}`;
}

function eventLine(event: GroupsEvent): string | undefined {
  if (event.kind !== "classicGroup") return consumerVocabulary.event(event);
  return `${event.durable ? "kept" : "memory"} classic ${event.groupId}: ${event.group ? classicWords(event.group) : "gone"}`;
}

const nameOf = (code: number): string => errorByCode(code).name;

function replyLine(response: unknown, kind: string): string | undefined {
  if (kind === "joinGroup") {
    const { errorCode, memberId, generationId, protocolName, leader, members } = response as ResponseInput<typeof JoinGroup>;
    if (errorCode !== 0) return `${nameOf(errorCode)} id=${memberId || "-"}`;
    return `${memberId} generation=${generationId} ${protocolName} leader=${leader || "-"} members=${members.map((one) => one.memberId).join(",") || "-"}`;
  }
  if (kind === "syncGroup") {
    const { errorCode, assignment } = response as ResponseInput<typeof SyncGroup>;
    return errorCode === 0 ? `has ${assignmentWords(assignment)}` : nameOf(errorCode);
  }
  if (kind === "describeGroup") {
    const { errorCode, groupState, members } = response as DescribedGroup;
    return [nameOf(errorCode), groupState, ...members.map((one) => `${one.memberId} ${assignmentWords(one.memberAssignment)}`)].join(" ");
  }
  if (kind === "heartbeat") return nameOf((response as ResponseInput<typeof Heartbeat>).errorCode);
  if (kind !== "leaveGroup") return undefined;
  const { errorCode, members } = response as ResponseInput<typeof LeaveGroup>;
  return [nameOf(errorCode), ...(members ?? []).map((one) => `${one.memberId || one.groupInstanceId}: ${nameOf(one.errorCode)}`)].join(
    ", ",
  );
}

export const migrationVocabulary: Vocabulary = {
  commands: { ...consumerVocabulary.commands, ...commands },
  event: eventLine,
  reply: (response, to) => replyLine(response, to.kind) ?? consumerVocabulary.reply(response, to),
};
