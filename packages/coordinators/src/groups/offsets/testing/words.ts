// How scenarios speak of offsets.
//
//   commit group=g at=orders/0:5[@epoch][=metadata],…  epoch= member= instance= version= retention=
//   fetch group=g from=orders/0,orders/1               all topics without from=; member= epoch= stable=yes
//   txn-commit group=g at=orders/0:5 producer=7        in the producer's transaction; p-epoch=, and as commit: epoch= member= instance=
//   end producer=7 commit=yes                          the transaction is over; commit=no aborts it
//   delete-offsets group=g from=orders/0,…
//   topics-deleted orders
//
// Those of classic groups may be said too; of their events only a group's end is told.
import { errorByCode } from "@moldau/protocol";
import { ZERO_UUID } from "@moldau/std";
import type { Arguments } from "../../../testing/scenario-arguments.js";
import { classicCommands, classicReply } from "../../classic/testing/classic-vocabulary.js";
import type { Caller, FetchedGroup, GroupsCommand, OffsetCommitCommand, OffsetDeleteCommand } from "../../commands.js";
import type { GroupsEvent } from "../../events.js";
import { scenarioTopicId, type Vocabulary } from "../../testing/scenario-bench.js";
import type { World } from "../../world.js";

const NEWEST_VERSION = 10;

const caller = (args: Arguments): Caller => ({
  version: args.number("version", NEWEST_VERSION),
  clientId: "client",
  clientHost: "/127.0.0.1",
});

interface Place {
  readonly name: string;
  readonly partitionIndex: number;
  readonly rest: string | undefined;
}

/** "orders/0:5" is partition 0 of orders, and "5". */
function place(text: string): Place {
  const [, name = "", partition = "", rest] = /^([^/]*)\/(-?\d+)(?::(.*))?$/.exec(text) ?? [];
  return { name, partitionIndex: Number(partition), rest };
}

/** In the order in which they are named first. */
function byTopic(texts: readonly string[]): { readonly name: string; readonly places: readonly Place[] }[] {
  const places = texts.map(place);
  return [...new Set(places.map(({ name }) => name))].map((name) => ({ name, places: places.filter((one) => one.name === name) }));
}

/** As the broker's handler does it: ids for those who speak in ids. */
const idFor = (args: Arguments, name: string, world: World): string =>
  args.number("version", NEWEST_VERSION) >= NEWEST_VERSION ? (world.topics.byName(name)?.id ?? ZERO_UUID) : ZERO_UUID;

function committedPartition({ partitionIndex, rest = "" }: Place) {
  const [, offset, epoch = "-1", metadata] = /^(-?\d+)(?:@(\d+))?(?:=(.*))?$/.exec(rest) ?? [];
  const [, repeated, times] = /^(.)\*(\d+)$/.exec(metadata ?? "") ?? [];
  return {
    partitionIndex,
    committedOffset: Number(offset),
    committedLeaderEpoch: Number(epoch),
    committedMetadata: repeated === undefined ? (metadata ?? null) : repeated.repeat(Number(times)),
  };
}

const commit = (args: Arguments, ticket: { readonly id: number }, world: World): OffsetCommitCommand => ({
  kind: "offsetCommit",
  ticket,
  caller: caller(args),
  request: {
    groupId: args.text("group"),
    generationIdOrMemberEpoch: args.number("epoch", -1),
    memberId: args.text("member"),
    groupInstanceId: args.given("instance") ?? null,
    retentionTimeMs: args.number("retention", -1),
    topics: byTopic(args.list("at")).map(({ name, places }) => ({
      name,
      topicId: args.given("id") ?? idFor(args, name, world),
      partitions: places.map(committedPartition),
    })),
  },
});

const txnCommit = (args: Arguments, ticket: { readonly id: number }): GroupsCommand => ({
  kind: "transactionalOffsetCommit",
  ticket,
  caller: { ...caller(args), version: args.number("version", 5) },
  request: {
    transactionalId: args.text("id"),
    groupId: args.text("group"),
    producerId: args.number("producer", 7),
    producerEpoch: args.number("p-epoch", 0),
    generationId: args.number("epoch", -1),
    memberId: args.text("member"),
    groupInstanceId: args.given("instance") ?? null,
    topics: byTopic(args.list("at")).map(({ name, places }) => ({ name, partitions: places.map(committedPartition) })),
  },
});

const endTransaction = (args: Arguments, ticket: { readonly id: number }): GroupsCommand => ({
  kind: "transactionEnded",
  ticket,
  end: {
    producerId: args.number("producer", 7),
    producerEpoch: args.number("p-epoch", 0),
    coordinatorEpoch: 0,
    commit: args.text("commit") === "yes",
  },
});

const fetch = (args: Arguments, ticket: { readonly id: number }, world: World): GroupsCommand => ({
  kind: "offsetFetch",
  ticket,
  caller: caller(args),
  request: {
    groupId: args.text("group"),
    memberId: args.given("member") ?? null,
    memberEpoch: args.number("epoch", -1),
    requireStable: args.given("stable") === "yes",
    topics: args.given("from")
      ? byTopic(args.list("from")).map(({ name, places }) => ({
          name,
          topicId: idFor(args, name, world),
          partitionIndexes: places.map(({ partitionIndex }) => partitionIndex),
        }))
      : null,
  },
});

const deleteOffsets = (args: Arguments, ticket: { readonly id: number }): GroupsCommand => ({
  kind: "offsetDelete",
  ticket,
  caller: caller(args),
  request: {
    groupId: args.text("group"),
    topics: byTopic(args.list("from")).map(({ name, places }) => ({ name, partitions: places })),
  },
});

const nameOf = (code: number): string => errorByCode(code)?.name ?? String(code);

function fetched({ topics, errorCode }: FetchedGroup): string {
  if (errorCode !== 0) return nameOf(errorCode ?? 0);
  const partitions = topics.flatMap(({ name, partitions }) =>
    partitions.map(({ partitionIndex, committedOffset, committedLeaderEpoch = -1, metadata, errorCode = 0 }) => {
      if (errorCode !== 0) return `${name}/${partitionIndex}:${nameOf(errorCode)}`;
      const epoch = committedLeaderEpoch === -1 ? "" : `@${committedLeaderEpoch}`;
      return `${name}/${partitionIndex}:${committedOffset}${epoch}${metadata === "" ? "" : `=${metadata}`}`;
    }),
  );
  return partitions.join(" ") || "nothing";
}

type PartitionErrors = Pick<OffsetDeleteAnswer, "topics">;
type OffsetDeleteAnswer = NonNullable<OffsetDeleteCommand["ticket"]["response"]>;

const perPartition = ({ topics }: PartitionErrors): string =>
  topics.flatMap(({ name, partitions }) => partitions.map((one) => `${name}/${one.partitionIndex}:${nameOf(one.errorCode)}`)).join(" ");

function offsetEvent(event: GroupsEvent): string | undefined {
  if (event.kind === "classicGroup" && !event.group) return `group - ${event.groupId}`;
  if (event.kind === "transactionEnded") return `${event.end.commit ? "commit" : "abort"} of ${event.end.producerId}`;
  if (event.kind !== "offset") return undefined;
  const { groupId, topic, partition, committed, producer } = event;
  const where = `${groupId}: ${topic}/${partition}`;
  if (!committed) return `offset - ${where}`;
  const { offset, leaderEpoch, metadata, expireTimestampMs, topicId } = committed;
  const epoch = leaderEpoch === -1 ? "" : `@${leaderEpoch}`;
  const words = metadata.length > 20 ? ` (${metadata.length} characters)` : metadata && ` "${metadata}"`;
  const expiry = expireTimestampMs === undefined ? "" : ` until ${expireTimestampMs}`;
  const pending = producer ? ` if ${producer.id} commits` : "";
  return `offset ${where} at ${offset}${epoch}${words}${expiry} of ${topicId?.replace(/_*A$/, "") ?? "-"}${pending}`;
}

export const offsetsVocabulary: Vocabulary = {
  commands: {
    ...classicCommands,
    commit,
    "txn-commit": txnCommit,
    end: endTransaction,
    fetch,
    "delete-offsets": deleteOffsets,
    "topics-deleted": ({ words }) => ({
      kind: "topicsDeleted",
      topics: words.map((name) => ({ name, id: scenarioTopicId(name) })),
    }),
  },
  event: offsetEvent,
  reply(response, to) {
    if (to.kind === "transactionEnded") return "done";
    if (to.kind === "offsetFetch") return fetched(response as FetchedGroup);
    const classic = classicReply(response, to);
    if (classic !== undefined) return classic;
    const answer = response as OffsetDeleteAnswer;
    return answer.errorCode ? nameOf(answer.errorCode) : perPartition(answer);
  },
};
