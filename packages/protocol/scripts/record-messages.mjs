// Writes testdata/kafka-4.3.1-encoded.txt: every message in every version, encoded by Kafka itself.
//
//   node packages/protocol/scripts/record-messages.mjs "path/to/kafka/libs/*"      (after npm run build)
//
// Random values, always the same, go to Kafka as JSON, and it answers with bytes. A line is "message version base64 json".
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { layoutOf } from "../dist/layout.js";
import { arbitraryValue } from "../dist/testing/arbitrary.js";
import { everyVersion } from "../dist/testing/messages.js";

const [classPath] = process.argv.slice(2);
if (!classPath) throw new Error("usage: record-messages.mjs CLASSPATH");
const SEED = 431;
const LONGEST_JSON = 600;

/** JSON as Kafka's converters read it: 64-bit numbers as they are, bytes in base64. */
function json(value) {
  if (typeof value === "bigint") return String(value);
  if (value instanceof Uint8Array) return JSON.stringify(Buffer.from(value).toString("base64"));
  if (Array.isArray(value)) {
    if (value.length > 0 && value.every((part) => part instanceof Uint8Array)) return json(Buffer.concat(value));
    return `[${value.map(json).join(",")}]`;
  }
  if (value === null || typeof value !== "object") return Object.is(value, -0) ? "-0.0" : JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([name, inner]) => `${JSON.stringify(name)}:${json(inner)}`)
    .join(",")}}`;
}

/** Of some samples the shortest, and the longest that is not too long. */
function choose(samples) {
  const byLength = samples.toSorted((one, other) => one.length - other.length);
  return new Set([byLength[0], byLength.findLast((text) => text.length <= LONGEST_JSON) ?? byLength[0]]);
}

const questions = everyVersion.flatMap(([message, version]) => {
  const samples = fc.sample(arbitraryValue(layoutOf(message, version), false), { seed: SEED + version, numRuns: 12 }).map(json);
  return [...choose(samples)].map((text) => ({ message, version, text }));
});
const input = questions.map(({ message, version, text }) => `${message.name} ${version} ${text}`).join("\n");
const source = fileURLToPath(new URL("KafkaMessages.java", import.meta.url));
const { stdout, status } = spawnSync("java", ["-cp", classPath, source], { input, maxBuffer: 64e6, stdio: ["pipe", "pipe", "inherit"] });
if (status !== 0) throw new Error(`java ended with ${status}`);
const answers = stdout.toString().split("\n");
const lines = questions.map(({ message, version, text }, index) => {
  return `${message.name} ${version} ${Buffer.from(answers[index], "hex").toString("base64") || "-"} ${text}`;
});
writeFileSync(new URL("../testdata/kafka-4.3.1-encoded.txt", import.meta.url), `${lines.join("\n")}\n`);
console.log(`${lines.length} messages`);
