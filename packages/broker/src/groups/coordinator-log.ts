// What coordinators of groups tell the operator.
import type { CoordinatorEvent } from "@moldau/coordinators";
import { type CoordinatorSentences, logCoordinators } from "../coordinator-log.js";
import type { Logger } from "../logger.js";

const SENTENCES: CoordinatorSentences = {
  loaded: "the groups of a partition of __consumer_offsets were loaded",
  failing: "groups cannot be read or written, and are tried again; clients are told to retry",
  healed: "groups are read and written again",
  undecided: "a request or a timer of a group came to nothing",
  unreadable: "a record of __consumer_offsets cannot be read, and is left out",
};

export const logGroups = (log: Logger, event: CoordinatorEvent): void => logCoordinators(log, event, SENTENCES);
