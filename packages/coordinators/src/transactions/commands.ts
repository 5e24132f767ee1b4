// What can be asked of the transactions of one partition of __transaction_state. Requests are the protocol's own; those that name many
// transactional ids come taken apart, one command for each id.
import type {
  AddOffsetsToTxn,
  AddPartitionsToTxn,
  DescribeTransactions,
  EndTxn,
  InitProducerId,
  ListTransactions,
  RequestOf,
  ResponseInput,
} from "@moldau/protocol";
import type { Ticket } from "../runtime/machine.js";

interface Asked<Kind extends string, Request, Response> {
  readonly kind: Kind;
  readonly ticket: Ticket<Response>;
  readonly request: Request;
}

interface Versioned {
  /** Of the request. */
  readonly version: number;
}

type OneOf<Items> = Items extends readonly (infer Item)[] ? Item : never;

/** Producer id and epoch of the request are both given, or neither. */
export type InitProducerIdCommand = Versioned &
  Asked<
    "initProducerId",
    Omit<RequestOf<typeof InitProducerId>, "transactionalId"> & { readonly transactionalId: string },
    ResponseInput<typeof InitProducerId>
  >;

/** One transaction of a batch; requests before version 4 come in the same form. */
export type AddPartitionsRequest = OneOf<RequestOf<typeof AddPartitionsToTxn>["transactions"]>;
export type AddPartitionsResult = OneOf<ResponseInput<typeof AddPartitionsToTxn>["resultsByTransaction"]>;
export type AddPartitionsCommand = Versioned & Asked<"addPartitions", AddPartitionsRequest, AddPartitionsResult>;

export type AddOffsetsCommand = Versioned &
  Asked<"addOffsets", RequestOf<typeof AddOffsetsToTxn>, ResponseInput<typeof AddOffsetsToTxn>> & {
    /** The partition of __consumer_offsets that the group lies on. */
    readonly offsetsPartition: number;
  };

export type EndTxnCommand = Versioned & Asked<"endTxn", RequestOf<typeof EndTxn>, ResponseInput<typeof EndTxn>>;

export type DescribedTransaction = OneOf<ResponseInput<typeof DescribeTransactions>["transactionStates"]>;
export type DescribeTransactionCommand = Asked<"describeTransaction", { readonly transactionalId: string }, DescribedTransaction>;

/** Of this partition. */
export type ListTransactionsCommand = Asked<"listTransactions", RequestOf<typeof ListTransactions>, ResponseInput<typeof ListTransactions>>;

/** The markers of a decision are durable in all its partitions that there still are. Nobody waits for an answer. */
export interface MarkersWrittenCommand {
  readonly kind: "markersWritten";
  readonly transactionalId: string;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly decidedAtMs: number;
}

/** Comes back from timers. */
export type TransactionsTimerCommand =
  | { readonly kind: "timedOut"; readonly transactionalId: string; readonly producerId: number; readonly startedAtMs: number }
  | { readonly kind: "expirationDue" };

export type TransactionsCommand =
  | InitProducerIdCommand
  | AddPartitionsCommand
  | AddOffsetsCommand
  | EndTxnCommand
  | DescribeTransactionCommand
  | ListTransactionsCommand
  | MarkersWrittenCommand
  | TransactionsTimerCommand;
