// What suites written in JavaScript share: the environment they get, checks with a time bound, and the lines they report.
import { deepStrictEqual } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";

const BOUND_MS = 60_000;

export const broker = process.env.CONFORMANCE_BROKER;
export const brokerPid = process.env.CONFORMANCE_BROKER_PID ? Number(process.env.CONFORMANCE_BROKER_PID) : undefined;
export const topicName = (purpose) => `${process.env.CONFORMANCE_TOPIC_PREFIX}-${purpose}`;

export const say = (line) => process.stdout.write(`${line}\n`);

const oneLine = (error) => (error instanceof Error ? (error.message ?? String(error)) : inspect(error)).replace(/\s+/g, " ").slice(0, 600);

/** Runs one check: it fails by throwing, or by taking more than a minute. */
export async function check(name, body) {
  const bound = new AbortController();
  const late = async () => {
    await sleep(BOUND_MS, undefined, { signal: bound.signal });
    throw new Error(`still waiting after ${BOUND_MS / 1000} s`);
  };
  try {
    await Promise.race([body(), late()]);
    say(`ok ${name}`);
  } catch (error) {
    console.error(error);
    say(`not ok ${name}: ${oneLine(error)}`);
  } finally {
    bound.abort();
  }
}

export const skip = (name, reason) => say(`skip ${name}: ${reason}`);

/** Repeats a question until it is answered without an error: a broker may learn of a topic after the controller's answer. */
export async function eventually(question, boundMs = 10_000) {
  const deadline = Date.now() + boundMs;
  for (;;) {
    try {
      return await question();
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await sleep(20);
  }
}

export function equal(what, actual, expected) {
  try {
    deepStrictEqual(actual, expected);
  } catch {
    const show = (value) => inspect(value, { breakLength: Number.POSITIVE_INFINITY, maxStringLength: 120, maxArrayLength: 12 });
    throw new Error(`${what}: expected ${show(expected)}, got ${show(actual)}`);
  }
}

export function holds(what, condition) {
  if (!condition) throw new Error(`not so: ${what}`);
}

/** Runs a round of a suite by the last argument ("check", "read" or "groups"), and ends the process: clients may leave sockets behind. */
export async function runSuite(rounds) {
  await rounds[process.argv.at(-1)](JSON.parse(process.env.CONFORMANCE_TOPICS));
  await new Promise((written) => process.stdout.write("done\n", written));
  process.exit(0);
}

/** Bytes as cases.json writes them down. */
export function bytesOf(spec) {
  if (spec === null || spec === undefined) return null;
  if (spec.text !== undefined) return Buffer.from(spec.text, "utf8");
  if (spec.hex !== undefined) return Buffer.from(spec.hex, "hex");
  const bytes = Buffer.alloc(spec.bytes, spec.repeat);
  if (spec.random === undefined) return bytes;
  let state = spec.random;
  for (let i = 0; i < bytes.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

/** cases.json with its bytes made: records are { name, key, value, headers: [[name, bytes]], timestampMs? }. */
export function readCases() {
  const cases = JSON.parse(readFileSync(process.env.CONFORMANCE_CASES, "utf8"));
  const records = cases.records.map(({ key, value, headers = [], ...rest }) => ({
    ...rest,
    key: bytesOf(key),
    value: bytesOf(value),
    headers: headers.map(([name, bytes]) => [name, bytesOf(bytes)]),
  }));
  return { ...cases, records, largestValue: bytesOf(cases.largestValue), tooLargeValue: bytesOf(cases.tooLargeValue) };
}

const show = (bytes) => (bytes === null ? null : bytes.length > 64 ? `${bytes.length} bytes` : bytes.toString("hex"));

/** Compares records that were read, as { offset, key, value, headers, timestampMs }, with the cases. */
export function compareRecords(expected, records) {
  equal("number of records", records.length, expected.length);
  for (const [index, { name, key, value, headers, timestampMs }] of expected.entries()) {
    const record = records[index];
    equal(`${name}: offset`, Number(record.offset), index);
    for (const [part, wanted] of Object.entries({ key, value })) {
      const same = wanted === null || record[part] === null ? wanted === record[part] : wanted.equals(record[part]);
      if (!same) throw new Error(`${name}: ${part}: expected ${show(wanted)}, got ${show(record[part])}`);
    }
    equal(
      `${name}: headers`,
      record.headers.map(([header, bytes]) => [header, show(bytes)]),
      headers.map(([header, bytes]) => [header, show(bytes)]),
    );
    if (timestampMs !== undefined) equal(`${name}: timestamp`, Number(record.timestampMs), timestampMs);
  }
}
