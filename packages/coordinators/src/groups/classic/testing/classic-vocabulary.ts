// The words of scenarios about classic groups.
//
//   join as=a group=g id=a-id1 protocols=range:m    JoinGroup; a protocol is NAME, NAME:BYTES, or NAME@TOPIC+TOPIC for a subscription
//   sync as=a group=g id=a-id1 generation=1 to=a-id1:x,b-id2:y        `to` is what a leader assigns
//   beat as=a group=g id=a-id1 generation=1
//   leave as=a group=g ids=a-id1,b-id2 instances=i,j
//
// `as` labels the answer, and is the client id. Everything has a default; `instance` and `version` can be given everywhere.
import {
  ConsumerProtocolSubscription,
  decodeVersioned,
  encodeVersioned,
  errorByCode,
  type Heartbeat,
  type JoinGroup,
  type LeaveGroup,
  type ResponseOf,
  type SyncGroup,
} from "@moldau/protocol";
import type { Arguments } from "../../../testing/scenario-arguments.js";
import type { GroupsCommand } from "../../commands.js";
import type { GroupsEvent } from "../../events.js";
import type { Vocabulary } from "../../testing/scenario-bench.js";
import type { ClassicGroup, ClassicMember } from "../group.js";

const caller = (args: Arguments, newest: number) => ({
  version: args.number("version", newest),
  clientId: args.given("as") ?? "client",
  clientHost: "/127.0.0.1",
});

const groupId = (args: Arguments) => (args.words.includes("nameless") ? "" : (args.given("group") ?? "g"));

export const textBytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function protocol(said: string) {
  const [named = "", topics] = said.split("@");
  const [name = "", text = "m"] = named.split(":");
  if (topics === undefined) return { name, metadata: textBytes(text) };
  const subscription = { topics: topics.split("+"), userData: null, ownedPartitions: [], generationId: -1, rackId: null };
  return { name, metadata: encodeVersioned(ConsumerProtocolSubscription, 1, subscription) };
}

/** Bytes that begin with a zero are a subscription, others text. */
function bytesWords(bytes: Uint8Array): string {
  if (bytes.length === 0) return "-";
  return bytes[0] === 0 ? `@${decodeVersioned(ConsumerProtocolSubscription, bytes).value.topics.join("+")}` : Buffer.from(bytes).toString();
}

export const classicCommands: Vocabulary["commands"] = {
  join: (args, ticket) => ({
    kind: "joinGroup",
    ticket,
    caller: caller(args, 9),
    request: {
      groupId: groupId(args),
      sessionTimeoutMs: args.number("session", 10_000),
      rebalanceTimeoutMs: args.number("rebalance", 60_000),
      memberId: args.text("id"),
      groupInstanceId: args.given("instance") ?? null,
      protocolType: args.words.includes("typeless") ? "" : (args.given("type") ?? "consumer"),
      protocols: args.words.includes("unable") ? [] : (args.given("protocols") ?? "range").split(",").map(protocol),
      reason: null,
    },
  }),
  sync: (args, ticket) => ({
    kind: "syncGroup",
    ticket,
    caller: caller(args, 5),
    request: {
      groupId: groupId(args),
      generationId: args.number("generation", 1),
      memberId: args.text("id"),
      groupInstanceId: args.given("instance") ?? null,
      protocolType: args.words.includes("protocolless") ? null : (args.given("type") ?? "consumer"),
      protocolName: args.words.includes("protocolless") ? null : (args.given("protocol") ?? "range"),
      assignments: args.list("to").map((one) => {
        const [memberId = "", text = ""] = one.split(":");
        return { memberId, assignment: textBytes(text) };
      }),
    },
  }),
  beat: (args, ticket) => ({
    kind: "heartbeat",
    ticket,
    caller: caller(args, 4),
    request: {
      groupId: groupId(args),
      generationId: args.number("generation", 1),
      memberId: args.text("id"),
      groupInstanceId: args.given("instance") ?? null,
    },
  }),
  leave: (args, ticket) => ({
    kind: "leaveGroup",
    ticket,
    caller: caller(args, 5),
    request: { groupId: groupId(args), memberId: args.text("id"), members: leaving(args) },
  }),
  abandon: (args) => ({ kind: "abandoned", ticket: { id: args.number("ticket", 0) }, groupId: groupId(args) }),
};

const leaving = (args: Arguments) => [
  ...args.list("ids").map((memberId) => ({ memberId, groupInstanceId: args.given("instance") ?? null, reason: null })),
  ...args.list("instances").map((groupInstanceId) => ({ memberId: "", groupInstanceId, reason: null })),
];

/** A classic group's new value; undefined for other events. */
export function classicEvent(event: GroupsEvent): string | undefined {
  if (event.kind !== "classicGroup") return undefined;
  const { group, durable } = event;
  return `${durable ? "kept" : "memory"} ${event.groupId}: ${group ? groupWords(group) : "gone"}`;
}

function groupWords(group: ClassicGroup): string {
  const members = [...group.members.values()].map(memberWords);
  const pending = [...group.pendingMembers.keys()].map((memberId) => `${memberId}(pending)`);
  const protocol = `protocol=${group.protocolType ?? "-"}/${group.protocolName ?? "-"}`;
  return `${group.phase} generation=${group.generation} ${protocol} leader=${group.leader ?? "-"} ${[...members, ...pending].join(" ")}`.trimEnd();
}

function memberWords(member: ClassicMember): string {
  const marks = [
    member.instanceId === null ? "" : `static ${member.instanceId}`,
    member.isNew ? "new" : "",
    member.joining ? "joining" : "",
    member.owesSync ? "owes sync" : "",
    member.syncing ? "syncing" : "",
    member.assignment.length > 0 ? bytesWords(member.assignment) : "",
  ];
  return `${member.memberId}(${marks.filter(Boolean).join(", ")})`;
}

/** An answer to one of the commands here; undefined for others. */
export function classicReply(response: unknown, to: GroupsCommand): string | undefined {
  if (to.kind === "joinGroup") return joinWords(response as ResponseOf<typeof JoinGroup>);
  if (to.kind === "syncGroup") return syncWords(response as ResponseOf<typeof SyncGroup>);
  if (to.kind === "heartbeat") return errorByCode((response as ResponseOf<typeof Heartbeat>).errorCode).name;
  return to.kind === "leaveGroup" ? leaveWords(response as ResponseOf<typeof LeaveGroup>) : undefined;
}

function joinWords(answer: ResponseOf<typeof JoinGroup>): string {
  const error = errorByCode(answer.errorCode).name;
  if (error !== "NONE") return `${error} id=${answer.memberId || "-"}`;
  const members = answer.members.map((member) => {
    const instance = member.groupInstanceId === null ? "" : `/${member.groupInstanceId}`;
    return `${member.memberId}${instance}:${bytesWords(member.metadata)}`;
  });
  const skip = answer.skipAssignment ? " (assignment skipped)" : "";
  const told = members.length > 0 ? ` members=${members.join(",")}` : "";
  return `id=${answer.memberId} generation=${answer.generationId} ${answer.protocolType}/${answer.protocolName} leader=${answer.leader}${told}${skip}`;
}

function syncWords(answer: ResponseOf<typeof SyncGroup>): string {
  const error = errorByCode(answer.errorCode).name;
  if (error !== "NONE") return error;
  return `${answer.protocolType}/${answer.protocolName} assignment=${bytesWords(answer.assignment)}`;
}

function leaveWords(answer: ResponseOf<typeof LeaveGroup>): string {
  const each = answer.members.map(({ memberId, groupInstanceId, errorCode }) => {
    return `${memberId || groupInstanceId}: ${errorByCode(errorCode).name}`;
  });
  return [errorByCode(answer.errorCode).name, ...each].join(", ");
}

export const classicVocabulary: Vocabulary = {
  commands: classicCommands,
  event: classicEvent,
  reply: (response, to) => classicReply(response, to) ?? JSON.stringify(response),
};
