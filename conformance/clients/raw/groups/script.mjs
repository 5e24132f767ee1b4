// Plays scenarios against a broker and writes down what was asked and answered.
import { setTimeout as sleep } from "node:timers/promises";
import { topicName } from "../../../lib/checks.mjs";
import { connect } from "./wire.mjs";
import { openNames } from "./words.mjs";

const UNTIL_MS = 20_000;
const UNTIL_PAUSE_MS = 20;

const versions = ({ first, last }) => (first === last ? `v${first}` : `v${first}-${last}`);

/** Neighbouring versions with the same answer become one step, which shows the newest one's request. */
function merge(steps) {
  const merged = [];
  for (const step of steps) {
    const before = merged.at(-1);
    const goesOn = before && before.ask === step.ask && before.name === step.name && before.last + 1 === step.first;
    if (goesOn && before.answer === step.answer) Object.assign(before, { last: step.last, request: step.request });
    else merged.push({ ...step });
  }
  return merged.map(({ ask, name, request, answer, ...range }) => ({ ask, api: `${name} ${versions(range)}`, request, answer }));
}

/** Answers about all groups of a broker tell of the scenario's own alone. */
const ownGroups = (answer, own) => ({
  ...answer,
  groups: answer.groups.filter(({ groupId }) => own.has(groupId)).toSorted((a, b) => (a.groupId < b.groupId ? -1 : 1)),
});

/** What a scenario asks is what it sets; the rest is null. */
const asked = (value) => {
  if (Array.isArray(value)) return value.map(asked);
  if (value === null || typeof value !== "object" || value instanceof Uint8Array) return value;
  const set = Object.entries(value).filter(([, inner]) => inner !== null && inner !== undefined);
  return Object.fromEntries(set.map(([name, inner]) => [name, asked(inner)]));
};

/**
 * Plays one scenario: a function of { client, everyVersion, group, named, newGroup, topic, topicId, four }. Resolves with its steps:
 * [{ ask, api, request, answer }], where `api` says the versions. A client's `ask` takes what to ask, the API, the version and the body;
 * with a condition as well it asks until the answer is good, and the last answer counts.
 * `countsPartitions` is for where nothing says who gets which partition: how many is what counts.
 */
export async function play(scenario, index, world, { countsPartitions = false } = {}) {
  const names = openNames({ countsPartitions });
  const steps = [];
  const connections = [];
  const groups = new Set();
  const named = (name, distinction = "") => {
    const actual = topicName(`g${world.round}-${index}-${name.replaceAll(" ", "-")}${distinction}`);
    names.name(actual, name);
    groups.add(actual);
    return actual;
  };
  names.name(world.four.topicId, "id of the topic of four");
  names.name(world.four.topic, "topic of four");
  names.name(world.topicId, "topic id");
  names.name(world.topic, "topic");
  const group = named("group");
  const newGroup = () => named("new group", groups.size);
  const connectAs = (who) => {
    const connection = connect(who);
    connections.push(connection);
    const ask = async (sentence, api, version, body, good = () => true) => {
      const request = names.words(asked(connection.cut(api, version, body)));
      const step = { ask: sentence, name: api.name, first: version, last: version, request };
      steps.push(step);
      const deadline = Date.now() + UNTIL_MS;
      let answer = await connection.ask(api, version, body);
      while (!good(answer) && Date.now() < deadline) {
        await sleep(UNTIL_PAUSE_MS);
        answer = await connection.ask(api, version, body);
      }
      const { memberId = "" } = answer;
      if (memberId && memberId !== body.memberId && !names.knows(memberId)) names.name(memberId, `${who}'s id`);
      step.answer = names.words(api.name === "ListGroups" ? ownGroups(answer, groups) : answer);
      return answer;
    };
    return { ask };
  };
  const everyVersion = async (sentence, api, body, { from = api.stableVersions.min, to = api.stableVersions.max } = {}) => {
    const { ask } = connectAs("raw");
    for (let version = from; version <= to; version++) await ask(sentence, api, version, typeof body === "function" ? body() : body);
  };
  try {
    await scenario({
      client: connectAs,
      everyVersion,
      group,
      named,
      newGroup,
      topic: world.topic,
      topicId: world.topicId,
      four: world.four,
    });
  } finally {
    await Promise.all(connections.map(({ end }) => end()));
  }
  return merge(steps);
}
