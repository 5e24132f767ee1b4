// The facts of a group, by its protocol.
import { classicFacts } from "./classic/facts.js";
import { consumerFacts } from "./consumer/facts.js";
import type { GroupFacts } from "./facts.js";
import type { Group } from "./state.js";

/** To be asked about this group only. */
export const factsOf = (group: Group): GroupFacts<Group> => (group.kind === "classic" ? classicFacts : consumerFacts) as GroupFacts<Group>;
