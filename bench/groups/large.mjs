// large: one consumer group with very many members over very many partitions. All join at once; then, one at a time, one more.
// Prints {"phase"} as it goes from forming to steady to joining, each with what its heartbeats were, and at the end all of it.
import { consumerMember } from "./consumer-member.mjs";
import { ownershipOf } from "./ownership.mjs";
import { forEachAtOnce, keepAlive, until } from "./pace.mjs";
import { cpuSeconds, openConnections, readOptions, run, say } from "./program.mjs";

const NAMES = ["broker", "topic", "group", "members", "partitions", "connections", "interval-ms", "joins", "seconds"];
const JOINS_AT_ONCE = 200;
const FORM_DEADLINE_MS = 200_000;
const JOIN_DEADLINE_MS = 60_000;
const sleep = (/** @type {number} */ seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

run("large", async () => {
  const options = readOptions(NAMES);
  const [topic, groupId] = [options.text("topic"), options.text("group")];
  const ownership = ownershipOf(options.number("partitions"));
  const connections = await openConnections(options.text("broker"), options.number("connections"), groupId);
  const newMember = (/** @type {number} */ index) => {
    const connection = connections[index % connections.length];
    if (!connection) throw new Error("no connection");
    return consumerMember({ connection, groupId, topic, ownership });
  };
  const wanted = Array.from({ length: options.number("members") }, (_, index) => newMember(index));
  /** @type {ReturnType<typeof newMember>[]} */
  const members = [];
  const pace = keepAlive(options.number("interval-ms"), members);
  const used = cpuSeconds();

  say({ phase: "forming" });
  const formBegun = performance.now();
  for (const member of wanted) member.join();
  await forEachAtOnce(wanted, JOINS_AT_ONCE, async (member) => {
    await pace.beat(member);
    members.push(member);
  });
  const joinedSeconds = (performance.now() - formBegun) / 1000;
  await until("every partition owned", ownership.settled, FORM_DEADLINE_MS);
  const forming = { seconds: (performance.now() - formBegun) / 1000, joinedSeconds, ...pace.take() };

  await sleep(options.number("seconds") / 2); // the acknowledgements of the last moves
  pace.take();
  say({ phase: "steady" });
  await sleep(options.number("seconds"));
  const steady = pace.take();

  say({ phase: "joining" });
  const joiningBegun = performance.now();
  /** @type {number[]} */
  const joinMs = [];
  for (let join = 0; join < options.number("joins"); join++) {
    const begun = performance.now();
    const member = newMember(members.length);
    member.join();
    await pace.beat(member);
    members.push(member);
    await until("every partition owned after a join", ownership.settled, JOIN_DEADLINE_MS);
    joinMs.push(performance.now() - begun);
  }
  const joining = { seconds: (performance.now() - joiningBegun) / 1000, joinMs, ...pace.take() };
  const fenced = members.reduce((sum, member) => sum + member.fenced(), 0);
  say({ phase: "done", forming, steady, joining, fenced, conflicts: ownership.conflicts(), clientCpuSeconds: cpuSeconds() - used });
});
