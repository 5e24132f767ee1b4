// The suites in the order they run, and how one of them is run.
//
// A suite is { name, timeoutMs, missing(), build(), command(), cannotWrite?, reads?, groups? }: `missing` names in a sentence the runtime
// that is not there; `command` is run in rounds: with "check" (write, read back, administer), with "read" (what the others wrote) unless
// `reads` is false, and with "groups" if it has checks of those.
// It speaks by lines on stdout; everything else goes to its log:
//
//   ok NAME              not ok NAME: REASON              skip NAME: REASON
//   wrote CODEC TOPIC    (the cases are in this topic: for the others to read)
//   done                 (the last line: without it the suite ended early, and that is a failure)
import { appendFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite as franzGo } from "../clients/franz-go/suite.mjs";
import { suite as java } from "../clients/java/suite.mjs";
import { suite as kafkajs } from "../clients/kafkajs/suite.mjs";
import { suite as kcat } from "../clients/kcat/suite.mjs";
import { suite as platformatic } from "../clients/platformatic/suite.mjs";
import { suite as python } from "../clients/python/suite.mjs";
import { suite as raw } from "../clients/raw/suite.mjs";
import { suite as rust } from "../clients/rust/suite.mjs";
import { suite as sarama } from "../clients/sarama/suite.mjs";
import { buildDirectory, casesFile } from "./paths.mjs";
import { run } from "./processes.mjs";

export const suites = [kcat, python, java, franzGo, sarama, kafkajs, platformatic, rust, raw];

/** Runs one round of a suite; resolves with the topics it wrote: [{ from, codec, topic, without }]. */
export async function runRound(suite, round, { target, runId, topics, tally }) {
  const log = join(buildDirectory, "logs", `${suite.name}-${round}.log`);
  await writeFile(log, "");
  const wrote = [];
  const noise = [];
  let done = false;
  const onLine = (line) => {
    const verdict = /^(ok|not ok|skip) (.*)$/.exec(line);
    const written = /^wrote (\S+) (\S+)$/.exec(line);
    if (verdict) tally.record(verdict[1], suite.name, verdict[2]);
    else if (written) wrote.push({ from: suite.name, codec: written[1], topic: written[2], without: suite.cannotWrite ?? [] });
    else if (line === "done") done = true;
    else noise.push(line);
  };
  const env = {
    CONFORMANCE_BROKER: `${target.host}:${target.port}`,
    CONFORMANCE_BROKER_PID: target.pid === undefined ? "" : String(target.pid),
    CONFORMANCE_CASES: casesFile,
    CONFORMANCE_TOPIC_PREFIX: `c-${runId}-${suite.name}${round === "groups" ? "-g" : ""}`,
    CONFORMANCE_TOPICS: JSON.stringify(topics),
  };
  const onErrorLine = (line) => noise.push(line);
  const code = await run([...suite.command(), round], { env, onLine, onErrorLine, timeoutMs: suite.timeoutMs });
  await appendFile(log, noise.join("\n"));
  if (!done || code !== 0) tally.record("not ok", suite.name, `the suite's ${round} round runs to its end: ended with ${code}, see ${log}`);
  return wrote;
}
