// kcat -G: a balanced consumer, alone, with another, and killed.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { broker, check, equal, eventually, holds, topicName } from "../../lib/checks.mjs";
import { produce } from "./kcat.mjs";

const SETTLE_MS = 30_000;
const BOUND_MS = 50_000;
const SETTINGS = ["session.timeout.ms=1500", "heartbeat.interval.ms=100", "auto.offset.reset=earliest", "auto.commit.interval.ms=100"];
const record = (value) => ({ key: null, value: Buffer.from(value), headers: [] });
const until = (what, condition) => eventually(async () => holds(what, condition()), SETTLE_MS);

/** A topic with one record. */
async function filled(purpose) {
  const topic = topicName(purpose);
  await produce(topic, [record("first")]);
  return topic;
}

/** kcat in a group, which prints "partition:offset value" lines. */
function join(group, topic, assignor) {
  const settings = [...SETTINGS, `partition.assignment.strategy=${assignor}`].flatMap((each) => ["-X", each]);
  const child = spawn("kcat", ["-b", broker, ...settings, "-f", "%p:%o %s\\n", "-u", "-G", group, topic], {
    stdio: ["ignore", "pipe", "pipe"],
    timeout: BOUND_MS,
    killSignal: "SIGKILL",
  });
  const read = [];
  createInterface({ input: child.stdout }).on("line", (line) => read.push(line));
  let said = "";
  child.stderr.on("data", (chunk) => {
    said += chunk;
  });
  const end = async (signal) => {
    const gone = once(child, "exit");
    child.kill(signal);
    await gone;
  };
  return { read, end, said: () => said };
}

async function goesOn(assignor) {
  const topic = await filled(`group-${assignor}`);
  const first = join(topic, topic, assignor);
  await until("the first record", () => first.read.length === 1);
  await produce(topic, [record("second")]);
  await until("the second record", () => first.read.length === 2);
  await first.end("SIGTERM");
  await produce(topic, [record("third")]);
  const second = join(topic, topic, assignor);
  await until("the third record", () => second.read.length >= 1);
  equal("goes on where the first left off", second.read, ["0:2 third"]);
  await second.end("SIGTERM");
}

async function isKilled() {
  const topic = await filled("group-killed");
  const first = join(topic, topic, "range");
  await until("the first record", () => first.read.length === 1);
  const second = join(topic, topic, "range");
  await until("the second is a member", () => second.said().includes("rebalanced"));
  // one of the two has the only partition; whichever it is, the other must get it
  await first.end("SIGKILL");
  await produce(topic, [record("after")]);
  await until("what comes after is read by the one that is left", () => second.read.some((line) => line.endsWith(" after")));
  await second.end("SIGTERM");
}

export async function groupChecks() {
  for (const assignor of ["range", "roundrobin", "cooperative-sticky"]) {
    await check(`-G with ${assignor}: a new member goes on where the last one left off`, () => goesOn(assignor));
  }
  await check("-G: a member that is killed is replaced", isKilled);
}
