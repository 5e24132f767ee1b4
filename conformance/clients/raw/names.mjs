// Names that are no topic names, and fetches that ask for what cannot be. Cases as in frames.mjs.
import { topicName } from "../../lib/checks.mjs";
import { batch } from "./batches.mjs";
import { tell } from "./connection.mjs";
import { createTopics, fetch, listOffsets, metadata, produce } from "./requests.mjs";

const INVALID_TOPIC = 17;
const UNKNOWN_TOPIC = 3;

const odd = [
  ["empty", ""],
  [".", "."],
  ["..", ".."],
  ["a path upwards", "../x"],
  ["an absolute path", "/etc/passwd"],
  ["a path with backslashes", "..\\x"],
  ["with NUL", "a\0b"],
  ["with a line feed", "a\nb"],
  ["not UTF-8", Buffer.from("ff80fe", "hex")],
  ["of 250 characters", "n".repeat(250)],
  ["of 32,000 characters", "n".repeat(32_000)],
];

export const names = odd.flatMap(([what, name]) => [
  [`creates a topic's name: ${what}`, createTopics(name), INVALID_TOPIC],
  [`metadata of a topic's name: ${what}`, metadata([name]), INVALID_TOPIC],
  [`auto-creates a topic's name: ${what}`, metadata([name], { autoCreate: true }), INVALID_TOPIC],
]);

/** Fetches and questions for offsets, on a topic with one record. */
export async function fetches() {
  const topic = topicName("lies");
  await tell(produce(topic, batch()));
  return [
    ["fetch: from the start", fetch(topic), 0],
    ["fetch: from a negative offset", fetch(topic, { offset: -5 }), 1],
    ["fetch: beyond the end", fetch(topic, { offset: 1_000_000 }), 1],
    ["fetch: from the largest offset", fetch(topic, { offset: 0x7fffffffffffffffn }), 1, { closed: "past 2^53 there are no offsets" }],
    ["fetch: an unknown topic", fetch(topicName("unknown")), UNKNOWN_TOPIC],
    ["fetch: a name that is a path", fetch("../x"), UNKNOWN_TOPIC],
    ["fetch: an unknown partition", fetch(topic, { partition: 9 }), UNKNOWN_TOPIC],
    ["fetch: a negative partition", fetch(topic, { partition: -1 }), UNKNOWN_TOPIC],
    ["fetch: an unknown session", fetch(topic, { sessionId: 4711, sessionEpoch: 3 }), 70],
    [
      "fetch: an epoch of a new session that is none",
      fetch(topic, { sessionId: 0, sessionEpoch: 5 }),
      70,
      { 71: "either way the client starts a session anew" },
    ],
    ["fetch: a leader epoch from the future", fetch(topic, { epoch: 1_000 }), 75],
    [
      "fetch: an isolation level that does not exist",
      fetch(topic, { isolation: 9 }),
      -1,
      { 0: "nothing that is not 1 is read_committed", 42: "a named error", closed: "the same" },
    ],
    ["fetch: a negative wait", fetch(topic, { maxWaitMs: -1 }), 0],
    ["list offsets: an unknown topic", listOffsets(topicName("unknown"), 0, -1), UNKNOWN_TOPIC],
    ["list offsets: an unknown partition", listOffsets(topic, 9, -1), UNKNOWN_TOPIC],
    ["list offsets: a time that means nothing", listOffsets(topic, 0, -99), 35],
  ];
}
