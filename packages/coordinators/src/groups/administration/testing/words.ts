// How scenarios speak of groups as administrators see them. Those of offsets and classic groups may be said too.
//
//   describe group=g version=6
//   describe-consumer group=g
//   list states=Empty,Stable types=classic
//   delete-group group=g
import { errorByCode } from "@moldau/protocol";
import type { Arguments } from "../../../testing/scenario-arguments.js";
import type { DescribedConsumerGroup, DescribedGroup, ListedGroup } from "../../commands.js";
import { offsetsVocabulary } from "../../offsets/testing/words.js";
import type { Vocabulary } from "../../testing/scenario-bench.js";

const caller = (args: Arguments) => ({ version: args.number("version", 6), clientId: "admin", clientHost: "/127.0.0.1" });
const oneGroup = (args: Arguments) => ({ groupId: args.text("group") });

const text = (bytes: Uint8Array) => (bytes.length === 0 ? "-" : Buffer.from(bytes).toString());

function describedWords({ errorCode, errorMessage, groupState, protocolType, protocolData, members }: DescribedGroup): string {
  const error = errorCode === 0 ? "" : `${errorByCode(errorCode).name} "${errorMessage}" `;
  const each = members.map(({ memberId, groupInstanceId, clientId, clientHost, memberMetadata, memberAssignment }) => {
    const instance = groupInstanceId ? `/${groupInstanceId}` : "";
    return ` ${memberId}${instance}(${clientId}${clientHost} ${text(memberMetadata)} ${text(memberAssignment)})`;
  });
  return `${error}${groupState} ${protocolType || "-"}/${protocolData || "-"}${each.join("")}`;
}

const consumerWords = ({ errorCode, errorMessage, groupState }: DescribedConsumerGroup): string =>
  errorCode === 0 ? groupState : `${errorByCode(errorCode).name} ${errorMessage === null ? "" : `"${errorMessage}"`}`.trimEnd();

const listedWords = (groups: readonly ListedGroup[]): string =>
  groups
    .map(({ groupId, groupState, groupType, protocolType }) => `${groupId}(${groupType} ${protocolType || "-"} ${groupState})`)
    .join(" ") || "none";

export const administrationVocabulary: Vocabulary = {
  commands: {
    ...offsetsVocabulary.commands,
    describe: (args, ticket) => ({ kind: "describeGroup", ticket, caller: caller(args), request: oneGroup(args) }),
    "describe-consumer": (args, ticket) => ({ kind: "describeConsumerGroup", ticket, caller: caller(args), request: oneGroup(args) }),
    "delete-group": (args, ticket) => ({ kind: "deleteGroup", ticket, caller: caller(args), request: oneGroup(args) }),
    list: (args, ticket) => ({
      kind: "listGroups",
      ticket,
      caller: caller(args),
      request: { statesFilter: args.list("states"), typesFilter: args.list("types") },
    }),
  },
  event: offsetsVocabulary.event,
  reply(response, to) {
    if (to.kind === "describeGroup") return describedWords(response as DescribedGroup);
    if (to.kind === "describeConsumerGroup") return consumerWords(response as DescribedConsumerGroup);
    if (to.kind === "listGroups") return listedWords(response as readonly ListedGroup[]);
    if (to.kind === "deleteGroup") return errorByCode(response as number).name;
    return offsetsVocabulary.reply(response, to);
  },
};
