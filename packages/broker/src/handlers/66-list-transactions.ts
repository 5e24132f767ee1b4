// ListTransactions (66): the transactions that this broker coordinates (KIP-664). While some are being loaded, the list would not be whole.
import { errors, ListTransactions, type ResponseInput } from "@moldau/protocol";
import { handler } from "../handler.js";
import { askCoordinator } from "../transactions/ask.js";

type Answer = ResponseInput<typeof ListTransactions>;

export const listTransactions = handler(ListTransactions, async (request, { services }) => {
  const lists = await Promise.all(
    services.transactions.all().map((coordinator) => askCoordinator(coordinator, "listTransactions", { request })),
  );
  const transactionStates: Answer["transactionStates"][number][] = [];
  let unknownStateFilters: Answer["unknownStateFilters"] = [];
  for (const list of lists) {
    const errorCode = typeof list === "string" ? errors[list].code : list.errorCode;
    if (typeof list === "string" || errorCode !== errors.NONE.code) {
      return { throttleTimeMs: 0, errorCode, unknownStateFilters: [], transactionStates: [] };
    }
    transactionStates.push(...list.transactionStates);
    unknownStateFilters = list.unknownStateFilters;
  }
  return { throttleTimeMs: 0, errorCode: errors.NONE.code, unknownStateFilters, transactionStates };
});
