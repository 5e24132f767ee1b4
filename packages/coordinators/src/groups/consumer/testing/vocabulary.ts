// The words of scenarios about consumer groups. The group is "g" unless group= says otherwise; the client's name is the member's id.
//
//   join a topics=orders          a member's first heartbeat: regex=, assignor=, instance=, rack=, timeout= (rebalance), v= (version)
//   beat a epoch=2 owns=orders:0,1     a later one; owns=- owns nothing, no owns= says nothing; the same words as join
//   leave a                       for good; with instance= a static member
//   away a instance=i             a static member leaves for a while
import { ConsumerGroupHeartbeat, errorByCode, type RequestOf, type ResponseInput } from "@moldau/protocol";
import type { Arguments } from "../../../testing/scenario-arguments.js";
import { administrationVocabulary } from "../../administration/testing/words.js";
import type { ConsumerGroupHeartbeatCommand, DescribedConsumerGroup, GroupsCommand } from "../../commands.js";
import type { GroupsEvent } from "../../events.js";
import type { Vocabulary } from "../../testing/scenario-bench.js";
import type { World } from "../../world.js";
import type { ConsumerEvent } from "../events.js";
import type { CurrentAssignment, MemberMetadata } from "../member.js";
import type { OwnedPartitions } from "../owned-partitions.js";

type Request = RequestOf<typeof ConsumerGroupHeartbeat>;
type Answer = ResponseInput<typeof ConsumerGroupHeartbeat>;
type Words = (args: Arguments, ticket: { readonly id: number }, world: World) => GroupsCommand;

const NEWEST_VERSION = ConsumerGroupHeartbeat.request.versions.max;

const listOrNull = (args: Arguments, name: string): string[] | null => (args.has(name) ? [...args.list(name)] : null);

function heartbeat(
  args: Arguments,
  ticket: { readonly id: number },
  world: World,
  fields: Partial<Request>,
): ConsumerGroupHeartbeatCommand {
  const memberId = args.words[0] ?? "";
  const request: Request = {
    groupId: args.has("group") ? args.text("group") : "g",
    memberId: memberId === "-" ? "" : memberId,
    memberEpoch: args.number("epoch", 0),
    instanceId: args.given("instance") ?? null,
    rackId: args.given("rack") ?? null,
    rebalanceTimeoutMs: args.number("timeout", -1),
    subscribedTopicNames: listOrNull(args, "topics"),
    subscribedTopicRegex: args.has("regex") ? args.text("regex") : null,
    serverAssignor: args.given("assignor") ?? null,
    topicPartitions: args.has("owns") ? claims(args.text("owns"), world) : null,
    ...fields,
  };
  const caller = { version: args.number("v", NEWEST_VERSION), clientId: args.given("client") ?? memberId, clientHost: "/127.0.0.1" };
  return { kind: "consumerGroupHeartbeat", ticket, request, caller };
}

/** "orders:0,1/payments:2" */
function claims(text: string, world: World): { topicId: string; partitions: number[] }[] {
  if (text === "") return [];
  return text.split("/").map((one) => {
    const [name = "", partitions = ""] = one.split(":");
    return { topicId: world.topics.byName(name)?.id ?? name, partitions: partitions.split(",").map(Number) };
  });
}

const words: Readonly<Record<string, Words>> = {
  join: (args, ticket, world) =>
    heartbeat(args, ticket, world, {
      rebalanceTimeoutMs: args.number("timeout", 10_000),
      topicPartitions: args.has("owns") ? claims(args.text("owns"), world) : [],
    }),
  beat: (args, ticket, world) => heartbeat(args, ticket, world, {}),
  leave: (args, ticket, world) => heartbeat(args, ticket, world, { memberEpoch: -1 }),
  away: (args, ticket, world) => heartbeat(args, ticket, world, { memberEpoch: -2 }),
};

/** Topic ids of the bench are made of the topics' names. */
const topicName = (id: string): string => id.replace(/^id-of-/, "").replace(/_*A$/, "");

const partitions = (list: Iterable<{ readonly topicId: string; readonly partitions: readonly number[] }>): string =>
  [...list].map((one) => `${topicName(one.topicId)}:${one.partitions.join(",")}`).join("/") || "-";

const owned = (all: OwnedPartitions): string =>
  [...all]
    .map(([id, one]) => `${topicName(id)}:${one.partitions.map((partition, index) => `${partition}@${one.epochs[index]}`).join(",")}`)
    .join("/") || "-";

const given = (fields: Readonly<Record<string, string | number | null | undefined>>): string =>
  Object.entries(fields)
    .filter(([, value]) => value !== null && value !== undefined && value !== "")
    .map(([name, value]) => `${name}=${value}`)
    .join(" ");

const metadata = (value: MemberMetadata): string =>
  given({
    topics: value.subscribedTopicNames.join(","),
    regex: value.subscribedTopicRegex,
    instance: value.instanceId,
    rack: value.rackId,
    assignor: value.serverAssignor,
    client: value.clientId,
    timeout: value.rebalanceTimeoutMs,
    classic: value.classic?.supportedProtocols.map(({ name }) => name).join(","),
  });

const current = (value: CurrentAssignment): string =>
  `${value.state} epoch=${value.memberEpoch} before=${value.previousMemberEpoch} has ${owned(value.assigned)}${
    value.pendingRevocation.size > 0 ? ` gives up ${owned(value.pendingRevocation)}` : ""
  }`;

export function consumerEventLine(event: ConsumerEvent): string | undefined {
  switch (event.kind) {
    case "consumerTopicsSeen":
    case "consumerJoinAwaited":
      return undefined;
    case "consumerGroup":
      return event.value ? `${event.groupId}: group epoch ${event.value.epoch}` : `${event.groupId}: gone`;
    case "consumerPartitionMetadata":
      return `${event.groupId}: partition metadata ${event.value ?? "-"}`;
    case "consumerTargets":
      return event.value ? `${event.groupId}: assignment epoch ${event.value.epoch}` : `${event.groupId}: no assignment epoch`;
    case "consumerMember":
      return `member ${event.memberId}: ${event.value ? metadata(event.value) : "-"}`;
    case "consumerTarget":
      return `target ${event.memberId}: ${event.value ? partitions([...event.value].map(([id, list]) => ({ topicId: id, partitions: list }))) : "gone"}`;
    case "consumerCurrent":
      return `current ${event.memberId}: ${event.value ? current(event.value) : "-"}`;
    case "consumerRegex":
      return `regex ${event.regex}: ${event.value ? [...event.value.topics].join(",") || "nothing" : "-"}${event.durable ? "" : " (as before)"}`;
  }
}

export function heartbeatLine(answer: Answer): string {
  const { name } = errorByCode(answer.errorCode);
  if (name !== "NONE") return name;
  const assignment = answer.assignment ? ` has ${partitions(answer.assignment.topicPartitions)}` : "";
  return `${answer.memberId} epoch=${answer.memberEpoch} again in ${answer.heartbeatIntervalMs}${assignment}`;
}

const isConsumerEvent = (event: GroupsEvent): event is ConsumerEvent => event.kind.startsWith("consumer");

function describedLine(group: DescribedConsumerGroup): string {
  const { groupState, groupEpoch, assignmentEpoch, assignorName, members } = group;
  if (group.errorCode !== 0) return errorByCode(group.errorCode).name;
  const lines = members.map(
    (member) =>
      `; ${member.memberId} type=${member.memberType} epoch=${member.memberEpoch} topics=${member.subscribedTopicNames.join(",")} ` +
      `regex=${member.subscribedTopicRegex} has ${partitions(member.assignment.topicPartitions)} should ${partitions(member.targetAssignment.topicPartitions)}`,
  );
  return `${groupState} epochs ${groupEpoch}/${assignmentEpoch} ${assignorName}${lines.join("")}`;
}

/** Groups may be described, listed and deleted, and offsets committed, in the words of those parts. */
export const consumerVocabulary: Vocabulary = {
  commands: { ...administrationVocabulary.commands, ...words },
  event: (event) => (isConsumerEvent(event) ? consumerEventLine(event) : administrationVocabulary.event(event)),
  reply: (response, to) => {
    if (to.kind === "consumerGroupHeartbeat") return heartbeatLine(response as Answer);
    if (to.kind === "describeConsumerGroup") return describedLine(response as DescribedConsumerGroup);
    return administrationVocabulary.reply(response, to);
  },
};
