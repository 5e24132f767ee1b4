// CPU time of the assignors for one group of 2,000 members over 10,000 partitions: node packages/coordinators/bench/assignors.mjs (after a build).
import { rangeAssignor } from "../dist/groups/assignors/range.js";
import { uniformAssignor } from "../dist/groups/assignors/uniform.js";

const MEMBERS = 2000;
const PARTITIONS = 10_000;
const ROUNDS = 5;

/** The same numbers in every run. */
function random(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const topicIds = (count) => Array.from({ length: count }, (_, index) => `topic-${index}`);
const topicsOf = (count) =>
  new Map(
    topicIds(count).map((topicId) => [
      topicId,
      { topicId, partitionCount: PARTITIONS / count, racks: (partition) => [`r${partition % 3}`] },
    ]),
  );
const subset = (ids, size, next) => new Set(Array.from({ length: size }, () => ids[next(ids.length)]));

/** Each group: how many topics, and what member number `index` subscribes to. */
const groups = {
  "one topic": { topics: 1, subscribe: (ids) => () => new Set(ids) },
  "one topic, racks": { topics: 1, subscribe: (ids) => () => new Set(ids), racks: 3 },
  "100 topics": { topics: 100, subscribe: (ids) => () => new Set(ids) },
  "100 topics, 10 kinds of members": {
    topics: 100,
    subscribe: (ids, next) => {
      const kinds = Array.from({ length: 10 }, () => subset(ids, 30, next));
      return (index) => new Set(kinds[index % kinds.length]);
    },
  },
  "100 topics, each member its own 5": { topics: 100, subscribe: (ids, next) => () => subset(ids, 5, next) },
  "100 topics, each member its own 50": { topics: 100, subscribe: (ids, next) => () => subset(ids, 50, next) },
  "100 topics, half the members to one": {
    topics: 100,
    subscribe: (ids, next) => (index) => (index % 2 ? subset(ids, 1, next) : new Set(ids)),
  },
  "100 topics in a chain": {
    topics: 100,
    subscribe: (ids) => (index) => new Set([ids[Math.floor(index / 20)], ids[Math.floor(index / 20) + 1] ?? ids[0]]),
  },
  "10,000 topics, one shared set": {
    topics: 10_000,
    subscribe: (ids) => {
      const all = new Set(ids);
      return () => all;
    },
  },
};

function build({ topics, subscribe, racks }) {
  const ids = topicIds(topics);
  const choose = subscribe(ids, random(7));
  const members = Array.from({ length: MEMBERS }, (_, index) => ({
    memberId: `member-${index}`,
    instanceId: null,
    rackId: racks ? `r${index % racks}` : null,
    topicIds: choose(index),
    assigned: new Map(),
  }));
  return { members: new Map(members.map((member) => [member.memberId, member])), topics: topicsOf(topics) };
}

const settled = (assignor, input, keep = () => true) => {
  const result = assignor.assign(input);
  const members = [...input.members].map(([id, member]) => [id, { ...member, assigned: result.get(id) }]);
  return { ...input, members: new Map(members.filter((_, index) => keep(index))) };
};

/** What happens to a settled group. */
const events = {
  "from nothing": (_, input) => input,
  "no change": (assignor, input) => settled(assignor, input),
  "one joins": (assignor, input) => {
    const [[id, member], ...others] = input.members;
    const before = settled(assignor, { ...input, members: new Map(others) });
    return { ...input, members: new Map([...before.members, [id, member]]) };
  },
  "one leaves": (assignor, input) => settled(assignor, input, (index) => index !== 17),
  "half leave": (assignor, input) => settled(assignor, input, (index) => index % 2 === 0),
  "half join": (assignor, input) => {
    const before = settled(assignor, { ...input, members: new Map([...input.members].slice(0, MEMBERS / 2)) });
    return { ...input, members: new Map([...input.members, ...before.members]) };
  },
  "1,999 join one": (assignor, input) => {
    const before = settled(assignor, { ...input, members: new Map([...input.members].slice(0, 1)) });
    return { ...input, members: new Map([...input.members, ...before.members]) };
  },
};

function cpuMs(work) {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

const only = process.argv[2];
console.log("CPU ms: the first run of that event in this process, then the median of", ROUNDS);
for (const [title, group] of Object.entries(groups)) {
  if (only && !title.includes(only)) continue;
  for (const assignor of [uniformAssignor, rangeAssignor]) {
    const figures = Object.entries(events).map(([event, prepare]) => {
      const input = prepare(assignor, build(group));
      const runs = Array.from({ length: ROUNDS }, () => cpuMs(() => assignor.assign(input)));
      return `${event} ${runs[0].toFixed(0)}/${runs.sort((a, b) => a - b)[ROUNDS >> 1].toFixed(0)}`;
    });
    console.log(`${title} · ${assignor.name}: ${figures.join(" · ")}`);
  }
}
