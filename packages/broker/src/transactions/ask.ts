// A handler's way to a transaction: find the coordinator, ask it.
import type { Ticket, TransactionsCommand } from "@moldau/coordinators";
import type { ErrorName } from "@moldau/protocol";
import type { Services } from "../services.js";
import type { TransactionCoordinator } from "./transactions.js";

type AskedKind = Extract<TransactionsCommand, { readonly request: unknown }>["kind"];
type CommandOf<Kind extends AskedKind> = Extract<TransactionsCommand, { readonly kind: Kind }>;
type Asked<Kind extends AskedKind> = Omit<CommandOf<Kind>, "kind" | "ticket">;
type AnswerTo<Kind extends AskedKind> = CommandOf<Kind>["ticket"] extends Ticket<infer Response> ? Response : never;

/**
 * The coordinator's answer, or why there is none: an error that tells the client to look for the coordinator again.
 *
 * A producer that comes back while the markers of its last transaction are written waits here for them, for the moment that it takes:
 * told to come again (CONCURRENT_TRANSACTIONS), it would pause for many times as long.
 */
export async function askTransaction<Kind extends AskedKind>(
  { transactions }: Pick<Services, "transactions">,
  transactionalId: string,
  kind: Kind,
  asked: Asked<Kind>,
): Promise<AnswerTo<Kind> | ErrorName> {
  if (kind !== "describeTransaction") await transactions.completion(transactionalId);
  const found = transactions.coordinatorOf(transactionalId);
  const coordinator = found instanceof Promise ? await found : found;
  return coordinator ? askCoordinator(coordinator, kind, asked) : "COORDINATOR_NOT_AVAILABLE";
}

/** The same of all transactions of a coordinator. */
export async function askCoordinator<Kind extends AskedKind>(
  coordinator: TransactionCoordinator,
  kind: Kind,
  asked: Asked<Kind>,
): Promise<AnswerTo<Kind> | ErrorName> {
  // The parts belong together by the types of the parameters, which the compiler cannot follow through the union.
  const { outcome } = coordinator.ask<AnswerTo<Kind>>((ticket) => ({ kind, ticket, ...asked }) as unknown as TransactionsCommand);
  const settled = await outcome;
  return settled.kind === "answered" ? settled.response : settled.error;
}
