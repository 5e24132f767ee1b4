// heartbeats: many small groups that do nothing but stay alive. Prints {"settledSeconds"} when all have formed, {"measuring"} when the
// heartbeats that count begin, and at the end what they were.
import { classicMember } from "./classic-member.mjs";
import { consumerMember } from "./consumer-member.mjs";
import { ownershipOf } from "./ownership.mjs";
import { forEachAtOnce, keepAlive, until } from "./pace.mjs";
import { cpuSeconds, openConnections, readOptions, run, say } from "./program.mjs";

const NAMES = ["broker", "topic", "protocol", "groups", "members", "connections", "interval-ms", "warmup-seconds", "seconds", "prefix"];
const JOINS_AT_ONCE = 200;
/** Who is in early hears by its heartbeats that others come, and joins again. */
const REJOIN_SECONDS = 0.02;
const SETTLE_DEADLINE_MS = 180_000;
const sleep = (/** @type {number} */ seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/**
 * Member i of a group is on connection i of its set; the groups of a set form one after the other, those of different sets at once.
 * @param {import("./connection.mjs").Connection[]} connections
 * @param {number} perGroup
 */
function connectionSets(connections, perGroup) {
  const sets = Math.max(1, Math.floor(connections.length / perGroup));
  return { sets, of: (/** @type {number} */ group, /** @type {number} */ member) => connections[(group % sets) * perGroup + member] };
}

run("heartbeats", async () => {
  const options = readOptions(NAMES);
  const topic = options.text("topic");
  const groups = options.number("groups");
  const perGroup = Math.round(options.number("members") / groups);
  const prefix = options.text("prefix");
  const connectionCount = Math.max(perGroup, options.number("connections"));
  const connections = await openConnections(options.text("broker"), connectionCount, `${prefix}-0`);
  const { sets, of } = connectionSets(connections, perGroup);
  const place = (/** @type {number} */ group, /** @type {number} */ member) => {
    const connection = of(group, member);
    if (!connection) throw new Error(`no connection for member ${member} of group ${group}`);
    return { connection, groupId: `${prefix}-${group}`, topic, partitions: perGroup };
  };
  const eachGroup = Array.from({ length: groups }, (_, group) => group);
  const eachMember = Array.from({ length: perGroup }, (_, member) => member);
  const begun = performance.now();

  /** @type {import("./member.mjs").Member[]} */
  const members = [];
  const pace = keepAlive(options.number("interval-ms"), members);

  /** @returns {Promise<() => boolean>} settled */
  const formClassic = async () => {
    const formed = eachGroup.map((group) => eachMember.map((member) => classicMember(place(group, member))));
    const together = async (/** @type {ReturnType<typeof classicMember>[]} */ group) => {
      await Promise.all(group.map(({ identify }) => identify()));
      let joined = 0;
      const enter = async (/** @type {import("./member.mjs").Member} */ member) => {
        await member.join();
        for (joined++; joined < group.length; await sleep(REJOIN_SECONDS)) await member.heartbeat();
      };
      await Promise.all(group.map(enter));
      members.push(...group);
    };
    const chains = Array.from({ length: sets }, (_, set) => formed.filter((_members, group) => group % sets === set));
    await Promise.all(chains.map((chain) => forEachAtOnce(chain, 1, together)));
    return () => true;
  };
  /** @returns {Promise<() => boolean>} settled */
  const formConsumer = async () => {
    const ownerships = eachGroup.map(() => ownershipOf(perGroup));
    const wanted = eachGroup.flatMap((group) =>
      eachMember.map((member) => consumerMember({ ...place(group, member), ownership: ownerships[group] ?? ownershipOf(perGroup) })),
    );
    await forEachAtOnce(wanted, JOINS_AT_ONCE, async (member) => {
      await member.join();
      await pace.beat(member);
      members.push(member);
    });
    return () => ownerships.every((ownership) => ownership.settled());
  };

  const settled = await (options.text("protocol") === "classic" ? formClassic() : formConsumer());
  await until("every partition of every group owned", settled, SETTLE_DEADLINE_MS);
  say({ settledSeconds: (performance.now() - begun) / 1000 });
  await sleep(options.number("warmup-seconds"));
  pace.take();
  const fencedBefore = members.reduce((sum, member) => sum + member.fenced(), 0);
  const usedBefore = cpuSeconds();
  say({ measuring: true });
  await sleep(options.number("seconds"));
  const taken = pace.take();
  const fenced = members.reduce((sum, member) => sum + member.fenced(), 0) - fencedBefore;
  say({ ...taken, fenced, clientCpuSeconds: cpuSeconds() - usedBefore });
});
