// ListTransactions (66): the transactions a broker coordinates (KIP-664).
// Filtered by age since v1 (KIP-994), by pattern since v2 (KIP-1152).
import { api, array, int16, int32, int64, nullable, string } from "../declaration.js";

export const ListTransactions = api({
  key: 66,
  name: "ListTransactions",
  versions: "0-2",
  flexible: "0+",
  request: {
    stateFilters: array(string()),
    producerIdFilters: array(int64()),
    durationFilter: int64("1+", { default: -1 }),
    transactionalIdPattern: nullable(string("2+")),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    errorCode: int16(),
    unknownStateFilters: array(string()),
    transactionStates: array({ transactionalId: string(), producerId: int64(), transactionState: string() }),
  },
});
