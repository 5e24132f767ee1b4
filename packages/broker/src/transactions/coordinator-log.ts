// What coordinators of transactions tell the operator.
import type { CoordinatorEvent } from "@moldau/coordinators";
import { type CoordinatorSentences, logCoordinators } from "../coordinator-log.js";
import type { Logger } from "../logger.js";

const SENTENCES: CoordinatorSentences = {
  loaded: "the transactions of a partition of __transaction_state were loaded",
  failing: "the state of transactions cannot be read or written, and is tried again; producers are told to retry",
  healed: "the state of transactions is read and written again",
  undecided: "a request or a timer of a transaction came to nothing",
  unreadable: "a record of __transaction_state cannot be read, and is left out",
};

export const logTransactions = (log: Logger, event: CoordinatorEvent): void => logCoordinators(log, event, SENTENCES);
