// From outside the process: strace shows that no acknowledgement leaves before its synced write has returned.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Produce } from "@moldau/protocol";
import { buildBatch } from "@moldau/records";
import { READY, startBroker } from "../broker/command.mjs";
import { connectSoon } from "../broker/connection.mjs";
import { createTopics } from "../broker/topics.mjs";
import { missing, refused } from "../filesystem/tools.mjs";
import { judge, withAnswerFirst, withoutSyncedOpens } from "../trace/judge.mjs";
import { parseStrace } from "../trace/parse-strace.mjs";

const RECORDS = 300;
const LARGE_BYTES = 200_000;
const CALLS = "openat,write,writev,pwrite64,pwritev,pwritev2,fdatasync,fsync,msync,sendto,sendmsg,sendmmsg,io_uring_setup";
/** Enough of each write to see the text at the start of a batch. */
const SHOWN_BYTES = "320";

/** Sends records one after another, some larger than what the broker writes on its event loop. Returns their texts and the client's address. */
async function sendOneByOne(port) {
  const admin = await connectSoon(port);
  await createTopics(admin, [{ name: "traced", partitions: 1 }]);
  admin.close();
  const connection = await connectSoon(port);
  const texts = Array.from({ length: RECORDS }, (_, i) => `traced record number ${String(i).padStart(5, "0")} `);
  for (const [i, text] of texts.entries()) {
    const value = i % 10 === 9 ? Buffer.concat([Buffer.from(text), Buffer.alloc(LARGE_BYTES, i)]) : Buffer.from(text);
    const records = buildBatch({ records: [{ key: null, value, timestamp: Date.now() }] });
    const { responses } = await connection.request(Produce, 9, {
      transactionalId: null,
      acks: -1,
      timeoutMs: 10_000,
      topicData: [{ name: "traced", partitionData: [{ index: 0, records }] }],
    });
    const { errorCode, baseOffset } = responses[0].partitionResponses[0];
    if (errorCode !== 0 || baseOffset !== i) throw new Error(`record ${i}: error ${errorCode}, offset ${baseOffset}`);
  }
  connection.close();
  return { texts, address: connection.address };
}

export async function ackTrace({ command, port, directory, tally }) {
  const reason = (await missing("strace")) ?? (await refused("strace", "-f", "-o", "/dev/null", "true"));
  if (reason) return tally.skip("acknowledgement after write", reason);
  const data = join(directory, "data");
  const output = join(directory, "trace.strace");
  // -D: the broker is our child, strace is not, so that signals and the exit code are the broker's.
  const wrapper = ["strace", "-D", "-f", "-tt", "-T", "-yy", "-s", SHOWN_BYTES, "-e", `trace=${CALLS}`, "-o", output];
  const broker = startBroker({ command, port, data, name: "ack-trace", wrapper });
  let sent;
  try {
    await broker.said(READY, 30_000);
    sent = await sendOneByOne(port);
    await broker.stop();
  } finally {
    await broker.kill();
  }
  const events = parseStrace(await completeTrace(output));
  const facts = { journal: join(data, "journal/"), connection: sent.address, texts: sent.texts };
  const { complaints, answers, direct, synced, separate, writers } = judge(events, facts);
  tally.note(
    `${events.length / 2} calls traced; ${answers} answers, each after its write: ${direct} O_DIRECT|O_DSYNC, ${synced} O_DSYNC, ${separate} fdatasync`,
  );
  const inPlace = writers.get(String(broker.pid)) ?? 0;
  tally.note(`${inPlace} of the writes on the event loop, ${answers - inPlace} on threads of the pool`);
  if (events.some(({ call, result }) => call === "io_uring_setup" && result >= 0))
    complaints.push("io_uring is in use, which strace does not see");
  tally.verdict("trace: every acknowledgement follows its synced write", complaints);
  const early = judge(withAnswerFirst(events, sent.address), facts).complaints;
  tally.verdict("trace: an answer moved before its write is caught", early.length > 0 ? [] : ["it was not"]);
  const unsynced = judge(withoutSyncedOpens(events), facts).complaints;
  tally.verdict("trace: writes without O_DSYNC are caught", unsynced.length > 0 ? [] : ["they were not"]);
}

/** strace writes on for a moment after the broker has ended. */
async function completeTrace(path) {
  for (let attempt = 0; ; attempt++) {
    const text = await readFile(path, "utf8");
    if (/\+\+\+ exited with \d+ \+\+\+\s*$/.test(text) || attempt === 50) return text;
    await sleep(100);
  }
}
