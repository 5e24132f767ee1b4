// The facts of a group, by its protocol.
import { assert } from "@moldau/std";
import { classicFacts } from "./classic/facts.js";
import type { GroupFacts } from "./facts.js";
import type { Group } from "./state.js";

/** To be asked about this group only. */
export function factsOf(group: Group): GroupFacts<Group> {
  assert(group.kind === "classic", "consumer groups do not answer yet");
  return classicFacts as GroupFacts<Group>;
}
