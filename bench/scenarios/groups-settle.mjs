// How long a group takes to settle: its members join at once, one more joins, one leaves, one crashes. Settled is: every partition has an
// owner, all members have the same number of them (or one less), and for a while nothing moves.
import { setTimeout as sleep } from "node:timers/promises";
import { ownershipOf } from "../groups/ownership.mjs";
import { observe } from "../measure/observe.mjs";
import { buildMembers, startMembers } from "../members.mjs";
import { median } from "../statistics.mjs";
import { forEachProtocol, SESSION_TIMEOUT_MS, SHORT_SESSIONS } from "./groups.mjs";
import { freshTopic } from "./scenario.mjs";

const DEADLINE_MS = 120_000;
const QUIET_MS = 1500;
const LOOK_MS = 20;
/**
 * Members hear of a change at their next heartbeat, and the last change has set them in step. So joins and leaves begin at several
 * distances from it, and their median is reported.
 */
const DISTANCES_MS = [300, 1300, 2300];
/** @type {readonly import("./groups.mjs").Protocol[]} */
const PROTOCOLS = ["classic", "consumer"];
const nowNs = () => Number(process.hrtime.bigint());

/** Follows what the members of several programs say they own. @param {number} partitions */
function follow(partitions) {
  const ownership = ownershipOf(partitions);
  let movedNs = 0;
  return {
    ownership,
    /** @param {import("../programs.mjs").RunningProgram} program @param {string} prefix */
    listen: (program, prefix) =>
      program.onLine(({ member, took, gave, atNs }) => {
        if (member === undefined) return;
        if (took) ownership.take(`${prefix}${member}`, took);
        if (gave) ownership.give(`${prefix}${member}`, gave);
        movedNs = atNs;
      }),
    /** Does something to the group. @param {string} what @param {() => unknown} disturb @returns {Promise<number>} ms until it was settled again */
    settling: async (/** @type {string} */ what, /** @type {() => unknown} */ disturb) => {
      const begunNs = nowNs();
      movedNs = 0;
      await disturb();
      while (!ownership.settled() || movedNs === 0 || nowNs() - movedNs < QUIET_MS * 1e6) {
        if (nowNs() - begunNs > DEADLINE_MS * 1e6) throw new Error(`${what}: not settled after ${DEADLINE_MS / 1000} s`);
        await sleep(LOOK_MS);
      }
      return (movedNs - begunNs) / 1e6;
    },
  };
}

/**
 * @param {import("./scenario.mjs").Bench} bench
 * @param {import("./groups.mjs").Protocol} protocol
 * @param {{ count: number, partitions: number, topic: string }} size
 */
async function disturbances({ server, settings }, protocol, { count, partitions, topic }) {
  const options = { broker: server.address, topic, partitions, protocol, "session-timeout-ms": SESSION_TIMEOUT_MS };
  const startGroup = (/** @type {string} */ group, /** @type {number} */ members) =>
    startMembers({ ...options, group, members }, settings.consumer);
  const { ownership, listen, settling } = follow(partitions);

  const many = await startGroup("settle", count);
  const others = await Promise.all(DISTANCES_MS.map(() => startGroup("settle", 1)));
  listen(many, "m");
  for (const [index, other] of others.entries()) listen(other, `other${index}-`);
  for (let member = 0; member < count; member++) ownership.join(`m${member}`);
  const all = await settling(`${count} join`, () => many.tell("join"));
  /** @type {number[]} */
  const joins = [];
  /** @type {number[]} */
  const leaves = [];
  for (const [index, distanceMs] of DISTANCES_MS.entries()) {
    await sleep(distanceMs);
    ownership.join(`other${index}-0`);
    joins.push(await settling("one more joins", () => others[index]?.tell("join")));
    await sleep(distanceMs);
    ownership.leave(`m${index}`);
    leaves.push(await settling("one leaves", () => many.tell(`leave ${index}`)));
  }
  const crash = await settling("one crashes", () => {
    ownership.leave("other0-0");
    return others[0]?.kill();
  });
  const left = [many, ...others.slice(1)];
  for (const program of left) program.tell("stop");
  const [{ clientCpuSeconds }] = await Promise.all(left.map(({ result }) => result));
  return { all, join: median(joins), leave: median(leaves), joins, leaves, crash, conflicts: ownership.conflicts(), clientCpuSeconds };
}

/**
 * A group that nobody measures, so that a broker's first group ever is not among the figures.
 * @param {import("./scenario.mjs").Bench} bench
 * @param {import("./groups.mjs").Protocol} protocol
 * @param {{ count: number, partitions: number, topic: string }} size
 */
async function rehearse({ server, settings }, protocol, { count, partitions, topic }) {
  const target = { broker: server.address, topic, partitions, protocol, "session-timeout-ms": SESSION_TIMEOUT_MS };
  const members = await startMembers({ ...target, group: "rehearsal", members: count }, settings.consumer);
  const { ownership, listen, settling } = follow(partitions);
  listen(members, "m");
  for (let member = 0; member < count; member++) ownership.join(`m${member}`);
  await settling("rehearsal", () => members.tell("join"));
  members.tell("stop");
  await members.result;
}

/** @type {import("./scenario.mjs").Scenario} */
export const groupsSettle = {
  about: "50 librdkafka members and 100 partitions: all join at once, one more, one leaves, one crashes; until all is owned again",
  needsControl: true,
  onRequest: true,
  metrics: PROTOCOLS.flatMap((protocol) => [
    { id: `${protocol}All`, label: `${protocol} group: all join at once`, unit: "ms", better: /** @type {const} */ ("lower") },
    { id: `${protocol}Join`, label: "one more joins", unit: "ms", better: /** @type {const} */ ("lower") },
    { id: `${protocol}Leave`, label: "one leaves", unit: "ms", better: /** @type {const} */ ("lower") },
    {
      id: `${protocol}Crash`,
      label: `one crashes (session ${SESSION_TIMEOUT_MS / 1000} s)`,
      unit: "ms",
      better: /** @type {const} */ ("lower"),
    },
  ]),
  run: async (bench) => {
    const { settings, note, server } = bench;
    await buildMembers();
    const count = Math.max(settings.members ?? (settings.small ? 10 : 50), DISTANCES_MS.length + 1);
    const partitions = settings.partitions ?? 2 * count;
    const measure = async (/** @type {import("./groups.mjs").Protocol} */ protocol) => {
      const size = { count, partitions, topic: (await freshTopic(bench, partitions)).topic };
      await rehearse(bench, protocol, size);
      const { result, othersShare } = await observe(server.pid(), () => disturbances(bench, protocol, size));
      if (result.conflicts > 0) note(`${server.name}, ${protocol}: ${result.conflicts} partitions were taken before they were given back`);
      return { ...result, othersShare };
    };
    const seen = await forEachProtocol(bench, PROTOCOLS, measure, SHORT_SESSIONS);
    const values = PROTOCOLS.flatMap((protocol) => [
      [`${protocol}All`, seen[protocol]?.all],
      [`${protocol}Join`, seen[protocol]?.join],
      [`${protocol}Leave`, seen[protocol]?.leave],
      [`${protocol}Crash`, seen[protocol]?.crash],
    ]);
    return { values: Object.fromEntries(values), raw: { count, partitions, ...seen } };
  },
};
