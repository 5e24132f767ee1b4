// Whether each acknowledgement followed its synced write, by what was seen of the broker from outside.
//
// One client sends records one after another, each with a text of its own, so that "the n-th answer on that connection" and "the
// write that holds the n-th text" are unambiguous. An answer is due once
//   a write of that text to a file of the journal returned with all bytes taken, and
//   the file was opened with O_DSYNC, or fdatasync of it was called after that write and returned 0.

const WRITES = new Set(["write", "pwrite64", "writev", "pwritev", "pwritev2"]);
const SENDS = new Set(["write", "writev", "sendto", "sendmsg", "sendmmsg"]);
const SYNCS = new Set(["fdatasync", "fsync"]);
const LENGTH = /, (\d+), \d+\) +=/;

/** How many bytes a write was asked to take. */
function askedBytes({ call, args }) {
  if (call === "pwrite64") return Number(LENGTH.exec(args)?.[1]);
  return [...args.matchAll(/iov_len=(\d+)/g)].reduce((sum, [, bytes]) => sum + Number(bytes), 0);
}

/** How descriptors' files were opened: path → flags, from the opens in the trace. */
const openedPath = /^.*?, "([^"]*)", ([A-Z_|]+)/;

/**
 * `events` of parseStrace, the `journal` directory, the client's end of the `connection` ("127.0.0.1:40000"), the `texts` in order.
 * Returns { complaints, answers, direct, synced, separate, writers }: answers seen, by what kind of write they were covered, and how
 * many such writes each thread made.
 */
export function judge(events, { journal, connection, texts }) {
  const flagsOf = new Map();
  const covered = new Map();
  const written = new Map();
  const writers = new Map();
  const complaints = [];
  const count = { answers: 0, direct: 0, synced: 0, separate: 0 };

  const wrote = (event, text) => {
    if (event.result <= 0 || event.result !== askedBytes(event)) return;
    const flags = flagsOf.get(event.target) ?? "";
    writers.set(event.thread, (writers.get(event.thread) ?? 0) + 1);
    if (!/\bO_(D?SYNC)\b/.test(flags)) written.set(text, event.target);
    else covered.set(text, flags.includes("O_DIRECT") ? "direct" : "synced");
  };

  const answered = (line) => {
    const text = texts[count.answers++];
    if (text === undefined) complaints.push(`line ${line}: an answer that nobody asked for`);
    else if (!covered.has(text)) complaints.push(`line ${line}: the answer to "${text}" began before its write was durable`);
    else count[covered.get(text)]++;
  };

  for (const event of events) {
    const { kind, call, args, target = "", result, line } = event;
    if (call === "openat" && kind === "return" && result >= 0) {
      const [, path, flags] = openedPath.exec(args) ?? [];
      if (path?.startsWith(journal)) flagsOf.set(path, flags);
    } else if (WRITES.has(call) && target.startsWith(journal)) {
      if (kind !== "return") continue;
      for (const text of texts) if (args.includes(text)) wrote(event, text);
    } else if (SYNCS.has(call) && kind === "return" && result === 0) {
      for (const [text, path] of written) {
        if (path !== target) continue;
        covered.set(text, "separate");
        written.delete(text);
      }
    } else if (SENDS.has(call) && kind === "enter" && target.includes(`->${connection}]`)) answered(line);
  }
  if (count.answers < texts.length) complaints.push(`${count.answers} answers to ${texts.length} requests were seen`);
  return { complaints, ...count, writers };
}

/** The same trace, but for the answer to the first request, which now comes before everything: what a judge must not accept. */
export function withAnswerFirst(events, connection) {
  const first = events.find(({ call, kind, target = "" }) => SENDS.has(call) && kind === "enter" && target.includes(`->${connection}]`));
  return [first, ...events.filter((event) => event !== first)];
}

/** The same trace from a broker that opened its journal without asking for synced writes. */
export const withoutSyncedOpens = (events) =>
  events.map((event) => (event.call === "openat" ? { ...event, args: event.args.replace(/\|O_D?SYNC\b/g, "") } : event));
