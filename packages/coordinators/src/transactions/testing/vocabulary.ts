// The words of transactions' scenarios: how commands are read, and how states, answers and markers read.
//
//   init pay [as=1/0] [timeout=60000] [v=5] [2pc] [keep]      InitProducerId; `as` is the producer's id and epoch (KIP-360)
//   add pay 1/0 t:0,1 [u:0 …] [v=5]                           AddPartitionsToTxn of one transaction
//   verify pay 1/0 t:0,1 [v=5]                                the same, verifyOnly
//   offsets pay 1/0 group=g partition=7 [v=4]                 AddOffsetsToTxn
//   commit pay 1/0 [v=5]       abort pay 1/0 [v=5]            EndTxn
//   describe pay               list [states=A,B] [ids=1,2] [longer=1000] [like=p.*]
import { errorByCode } from "@moldau/protocol";
import type { Arguments } from "../../testing/scenario-arguments.js";
import type { TransactionsCommand } from "../commands.js";
import type { MarkersToWrite } from "../markers.js";
import type { TransactionsEvent } from "../state.js";
import type { Partitions, Transaction } from "../transaction.js";

type Reader = (args: Arguments, ticket: { readonly id: number }) => TransactionsCommand;

const id = ({ words }: Arguments): string => (words[0] === "''" ? "" : (words[0] ?? ""));

function producer(text: string | undefined): { readonly producerId: number; readonly producerEpoch: number } {
  const [producerId = "-1", producerEpoch = "-1"] = text?.split("/") ?? [];
  return { producerId: Number(producerId), producerEpoch: Number(producerEpoch) };
}

const topics = (words: readonly string[]) =>
  words.map((word) => {
    const [name = "", partitions = ""] = word.split(":");
    return { name, partitions: partitions === "" ? [] : partitions.split(",").map(Number) };
  });

const adding =
  (verifyOnly: boolean): Reader =>
  (args, ticket) => ({
    kind: "addPartitions",
    ticket,
    version: args.number("v", 5),
    request: { transactionalId: id(args), ...producer(args.words[1]), verifyOnly, topics: topics(args.words.slice(2)) },
  });

const ending =
  (committed: boolean): Reader =>
  (args, ticket) => ({
    kind: "endTxn",
    ticket,
    version: args.number("v", 5),
    request: { transactionalId: id(args), ...producer(args.words[1]), committed },
  });

export const commands: Readonly<Record<string, Reader>> = {
  init: (args, ticket) => ({
    kind: "initProducerId",
    ticket,
    version: args.number("v", 5),
    request: {
      transactionalId: id(args),
      transactionTimeoutMs: args.number("timeout", 60_000),
      ...producer(args.given("as")),
      enable2Pc: args.words.includes("2pc"),
      keepPreparedTxn: args.words.includes("keep"),
    },
  }),
  add: adding(false),
  verify: adding(true),
  offsets: (args, ticket) => ({
    kind: "addOffsets",
    ticket,
    version: args.number("v", 4),
    request: { transactionalId: id(args), ...producer(args.words[1]), groupId: args.text("group", "g") },
    offsetsPartition: args.number("partition", 0),
  }),
  commit: ending(true),
  abort: ending(false),
  describe: (args, ticket) => ({ kind: "describeTransaction", ticket, request: { transactionalId: id(args) } }),
  list: (args, ticket) => ({
    kind: "listTransactions",
    ticket,
    request: {
      stateFilters: [...args.list("states")],
      producerIdFilters: args.list("ids").map(Number),
      durationFilter: args.number("longer", -1),
      transactionalIdPattern: args.given("like") ?? null,
    },
  }),
};

const partitionsText = (partitions: Partitions): string =>
  [...partitions].map(([topic, indexes]) => `${topic}:${[...indexes].sort((a, b) => a - b).join(",")}`).join(" ");

export function transactionText(transaction: Transaction): string {
  const { status, producerId, producerEpoch, nextProducerId, lastProducerEpoch, partitions, clientVersion } = transaction;
  const parts = [`${status} ${producerId}/${producerEpoch}`];
  if (lastProducerEpoch >= 0) parts.push(`last=${lastProducerEpoch}`);
  if (nextProducerId >= 0) parts.push(`next=${nextProducerId}`);
  if (partitions.size > 0) parts.push(partitionsText(partitions));
  if (status !== "Empty") parts.push(`version=${clientVersion}`);
  return parts.join(" ");
}

export const eventText = ({ transactionalId, transaction }: TransactionsEvent): string =>
  `${transactionalId} ${transaction ? transactionText(transaction) : "is forgotten"}`;

export function markersText(markers: MarkersToWrite): string {
  const { commit, producerId, producerEpoch, partitions, written } = markers;
  return `${written.transactionalId} ${commit ? "COMMIT" : "ABORT"} ${producerId}/${producerEpoch} ${partitionsText(partitions)}`;
}

interface Answer {
  readonly errorCode?: number;
  readonly producerId?: number;
  readonly producerEpoch?: number;
}

export function replyText(response: unknown, to: TransactionsCommand): string {
  const answer = response as Answer;
  const error = errorByCode(answer.errorCode ?? 0).name;
  switch (to.kind) {
    case "addPartitions": {
      const { topicResults } = response as {
        readonly topicResults: readonly {
          readonly name: string;
          readonly resultsByPartition: readonly { readonly partitionIndex: number; readonly partitionErrorCode: number }[];
        }[];
      };
      return topicResults
        .flatMap(({ name, resultsByPartition }) =>
          resultsByPartition.map((one) => `${name}-${one.partitionIndex} ${errorByCode(one.partitionErrorCode).name}`),
        )
        .join(", ");
    }
    case "describeTransaction": {
      const described = response as Answer & Record<string, unknown>;
      const { transactionState, transactionTimeoutMs, transactionStartTimeMs, producerId, producerEpoch, topics } = described;
      const open = (topics as readonly { readonly topic: string; readonly partitions: readonly number[] }[])
        .map(({ topic, partitions }) => ` ${topic}:${partitions.join(",")}`)
        .join("");
      if (error !== "NONE") return error;
      return `${transactionState} ${producerId}/${producerEpoch} timeout=${transactionTimeoutMs} started=${transactionStartTimeMs}${open}`;
    }
    case "listTransactions": {
      const { unknownStateFilters, transactionStates } = response as {
        readonly unknownStateFilters: readonly string[];
        readonly transactionStates: readonly Record<string, unknown>[];
      };
      const unknown = unknownStateFilters.map((name) => ` unknown:${name}`).join("");
      const listed = transactionStates.map((one) => ` ${one.transactionalId}=${one.producerId} ${one.transactionState}`).join(",");
      return `${error}${listed}${unknown}`;
    }
    default:
      return answer.producerId === undefined || answer.producerId < 0 ? error : `${error} ${answer.producerId}/${answer.producerEpoch}`;
  }
}
