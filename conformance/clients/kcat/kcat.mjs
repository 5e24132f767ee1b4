// kcat as a function: its flags for a list of records, its output as records.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { broker } from "../../lib/checks.mjs";

const BOUND_MS = 20_000;
// neither occurs in any case
const KEY_END = "<key/>";
const RECORD_END = "<record/>";
const FIELDS = "%o %T %K %S %h\n";

/** Runs kcat; resolves with { code, output, errors }. */
export async function kcat(args, input = "") {
  const child = spawn("kcat", ["-b", broker, "-X", "socket.timeout.ms=10000", ...args], { timeout: BOUND_MS, killSignal: "SIGKILL" });
  const output = [];
  let errors = "";
  child.stdout.on("data", (chunk) => output.push(chunk));
  child.stderr.on("data", (chunk) => {
    errors += chunk;
  });
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  const [code] = await once(child, "close");
  return { code, output: Buffer.concat(output), errors };
}

/** kcat, which must succeed. */
export async function succeed(args, input) {
  const result = await kcat(args, input);
  if (result.code !== 0) throw new Error(`kcat ${args.join(" ")} ended with ${result.code}: ${result.errors}`);
  return result;
}

// Headers and "empty means null" are flags of a whole run: neighbours that agree on both share one.
function runsOf(records) {
  const runs = [];
  for (const record of records) {
    const flags = record.headers.flatMap(([name, value]) => ["-H", value === null ? name : `${name}=${value.toString("utf8")}`]);
    if (record.value === null) flags.push("-Z");
    const last = runs.at(-1);
    if (last && JSON.stringify(last.flags) === JSON.stringify(flags)) last.records.push(record);
    else runs.push({ flags, records: [record] });
  }
  return runs;
}

const line = ({ key, value }) =>
  Buffer.concat([
    // without a key the delimiter is left out, except that it must be there for a value to be missing
    ...(key === null && value !== null ? [] : [key ?? Buffer.alloc(0), Buffer.from(KEY_END)]),
    value ?? Buffer.alloc(0),
    Buffer.from(RECORD_END),
  ]);

/** Produces records { key, value, headers } to partition 0 in order. */
export async function produce(topic, records, args = []) {
  for (const run of runsOf(records)) {
    const delimiters = ["-K", KEY_END, "-D", RECORD_END];
    await succeed(["-P", "-t", topic, "-p", "0", ...delimiters, ...args, ...run.flags], Buffer.concat(run.records.map(line)));
  }
}

/** Consumes to the end of the partition, or as args say; resolves with [{ offset, timestampMs, key, value, headers }]. */
export async function consume(topic, args = ["-o", "beginning"]) {
  const { output } = await succeed(["-C", "-e", "-q", "-t", topic, "-p", "0", "-f", `${FIELDS}%k%s\n`, ...args]);
  const records = [];
  for (let at = 0; at < output.length; ) {
    const lineEnd = output.indexOf("\n", at);
    const [offset, timestampMs, keyBytes, valueBytes, ...headers] = output.toString("latin1", at, lineEnd).split(" ");
    at = lineEnd + 1;
    const take = (length) => {
      if (Number(length) < 0) return null;
      const part = output.subarray(at, at + Number(length));
      at += Number(length);
      return part;
    };
    const [key, value] = [take(keyBytes), take(valueBytes)];
    at += 1;
    records.push({ offset: Number(offset), timestampMs: Number(timestampMs), key, value, headers: headers.join(" ") });
  }
  return records;
}

/** Headers as kcat prints them: a value ends at its first NUL. */
export function printedHeaders(headers) {
  const print = (value) => (value === null ? "NULL" : value.toString("latin1").split("\0")[0]);
  return headers.map(([name, value]) => `${Buffer.from(name, "utf8").toString("latin1")}=${print(value)}`).join(",");
}
