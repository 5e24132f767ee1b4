// The regular expressions that members subscribe with: when they are looked at again, and what comes of it. All of a group are
// looked at together, so that one change of the topics leads to one rebalance.
import type { GroupsDecision } from "../decision.js";
import { NOTHING } from "../decision.js";
import type { GroupsState } from "../state.js";
import { resolve } from "../subscriptions/resolve.js";
import { compileTopicRegex, type TopicRegex } from "../subscriptions/topic-regex.js";
import type { TopicsView, World } from "../world.js";
import { type Draft, decided, draft } from "./draft.js";
import type { ConsumerGroup, ResolvedRegex } from "./group.js";
import { type ConsumerMember, regexOf } from "./member.js";
import { type Refusal, refusal } from "./refusal.js";
import { NO_CHANGES, renewEpoch, subscribedRegexes } from "./subscription.js";
import { regexTimer } from "./timers.js";

/** However often the topics change, a group's expressions are not looked at more often; sooner when the group has not seen one yet. */
const LEAST_INTERVAL_MS = 10_000;
const LEAST_INTERVAL_OF_NEW_MS = 1_000;

/** "resolved": the group knows already which topics the new expression stands for, or there is none any more. */
export type RegexChange = "none" | "changed" | "resolved";

/** What a member's change of expression means; asks for the group's expressions to be resolved when need be. */
export function changeRegex(draft: Draft, before: ConsumerMember, after: ConsumerMember, world: World): RegexChange | Refusal {
  const { group, events } = draft;
  const [old, next] = [regexOf(before), regexOf(after)];
  const changed = before.metadata.subscribedTopicRegex !== after.metadata.subscribedTopicRegex;
  const isNew = changed && next !== undefined && !group.index.regexes.has(next);
  if (isNew) {
    const compiled = compileTopicRegex(next);
    if ("error" in compiled) return refusal("INVALID_REGULAR_EXPRESSION", compiled.error);
  }
  if (changed && old !== undefined && group.index.regexes.get(old) === 1)
    events.push({ kind: "consumerRegex", groupId: group.groupId, regex: old, value: undefined, durable: true });
  const dueInMs = regexesDueInMs(group, next, world);
  if (dueInMs !== undefined) draft.timers.push(regexTimer(group.groupId, dueInMs));
  if (!changed) return "none";
  if (next === undefined) return old === undefined ? "changed" : "resolved";
  return !isNew && group.regexes.has(next) ? "resolved" : "changed";
}

/** When the expressions must be looked at; undefined: as they are they will do. `next` is what a member subscribes with from now on. */
export function regexesDueInMs(group: ConsumerGroup, next: string | undefined, { now, topics, config }: World): number | undefined {
  const { index, regexes } = group;
  if (index.regexes.size === 0 && next === undefined) return undefined;
  const newest = newestOf(group);
  if (!newest) return 0;
  // A clock that was set back says nothing of how old it is.
  const ageMs = now < newest.timestampMs ? LEAST_INTERVAL_MS : now - newest.timestampMs;
  const unseen = (next !== undefined && !regexes.has(next)) || index.regexes.size > regexes.size;
  if (unseen) return Math.max(0, LEAST_INTERVAL_OF_NEW_MS - ageMs);
  if (newest.version !== topics.version) return Math.max(0, LEAST_INTERVAL_MS - ageMs);
  return ageMs > config.groupConsumerRegexRefreshIntervalMs ? 0 : undefined;
}

function newestOf(group: ConsumerGroup): ResolvedRegex | undefined {
  let newest: ResolvedRegex | undefined;
  for (const resolved of group.regexes.values()) if (!newest || resolved.timestampMs > newest.timestampMs) newest = resolved;
  return newest;
}

export function resolveRegexes(state: GroupsState, { groupId }: { readonly groupId: string }, world: World): GroupsDecision {
  const group = state.groups.get(groupId);
  if (group?.kind !== "consumer") return NOTHING;
  const result = draft(group);
  const after = new Map(group.regexes);
  let grows = false;
  for (const [regex, topics] of topicsOf(subscribedRegexes(group, NO_CHANGES), world.topics)) {
    const before = group.regexes.get(regex);
    const same = before !== undefined && sameSet(before.topics, topics);
    grows ||= !sameSet(before?.topics ?? new Set(), topics);
    const value = { topics: same ? before.topics : topics, version: world.topics.version, timestampMs: world.now };
    after.set(regex, value);
    result.events.push({ kind: "consumerRegex", groupId, regex, value, durable: !same });
  }
  if (after.size > 0) renewEpoch(result, NO_CHANGES, grows, world, after);
  return decided(result);
}

const matches = new WeakMap<TopicsView, { readonly version: number; readonly byRegex: Map<string, ReadonlySet<string>> }>();

/** Groups often share expressions: what one stands for is worked out once for a version of the topics. */
function topicsOf(regexes: Iterable<string>, topics: TopicsView): ReadonlyMap<string, ReadonlySet<string>> {
  let known = matches.get(topics);
  if (known?.version !== topics.version) {
    known = { version: topics.version, byRegex: new Map() };
    matches.set(topics, known);
  }
  const { byRegex } = known;
  const wanted = [...regexes];
  const compiled = wanted.filter((regex) => !byRegex.has(regex)).map((regex) => compileTopicRegex(regex));
  const fresh = compiled.filter((regex): regex is TopicRegex => !("error" in regex));
  if (fresh.length > 0) for (const [regex, names] of finish(resolve(fresh, [...topics.names()]))) byRegex.set(regex, names);
  return new Map(wanted.map((regex) => [regex, byRegex.get(regex) ?? new Set<string>()]));
}

function finish<Result>(work: Generator<void, Result>): Result {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

const sameSet = (one: ReadonlySet<string>, other: ReadonlySet<string>): boolean =>
  one.size === other.size && [...one].every((element) => other.has(element));
