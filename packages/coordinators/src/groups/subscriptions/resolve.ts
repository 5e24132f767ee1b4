// Which topics regular expressions stand for, worked out in slices: ten thousand names must not hold up the event loop.
import type { TopicRegex } from "./topic-regex.js";

/** Steps (instructions × characters) between two pauses: about a millisecond; more only when a single name takes more. */
const STEPS_PER_SLICE = 200_000;

/**
 * The names that each expression matches, by its source. A generator that pauses after each slice of work: run it to the end,
 * and do other things between its pauses as the clock demands. The names are those at its start; the array must not change.
 */
export function* resolve(
  regexes: Iterable<TopicRegex>,
  topicNames: readonly string[],
): Generator<void, ReadonlyMap<string, ReadonlySet<string>>> {
  const resolved = new Map<string, ReadonlySet<string>>();
  let steps = 0;
  for (const regex of regexes) {
    if (resolved.has(regex.source)) continue;
    const matched = new Set<string>();
    for (const name of topicNames) {
      if (regex.matches(name)) matched.add(name);
      steps += regex.programSize * name.length;
      if (steps < STEPS_PER_SLICE) continue;
      steps = 0;
      yield;
    }
    resolved.set(regex.source, matched);
  }
  return resolved;
}
