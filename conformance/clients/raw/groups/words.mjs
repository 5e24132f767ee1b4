// Requests and answers in words that a reader and a comparison can work with: one line, nothing that differs from run to run.
//
//   errorCode=NONE generationId=1 leader=<a's id> members=[{memberId=<a's id> metadata=m}]
import { ConsumerProtocolAssignment, ConsumerProtocolSubscription, decodeVersioned, errorByCode } from "@moldau/protocol";

// what depends on the machine, wherever it stands
const ADDRESS_FIELDS = new Set(["nodeId", "host", "port"]);
// in no order that a client could rely on
const UNORDERED = new Set(["members", "topicPartitions", "groups", "results", "coordinators"]);
// bytes in these mean something to consumers
const EMBEDDED = {
  metadata: ConsumerProtocolSubscription,
  memberMetadata: ConsumerProtocolSubscription,
  assignment: ConsumerProtocolAssignment,
  memberAssignment: ConsumerProtocolAssignment,
};
const LONG = 200;

const printable = (text) => /^[\x20-\x7e]*$/.test(text);
const quoted = (text) => (/^(<[^<>]+>|[^\s'=[\]{}<>]+)$/.test(text) ? text : `'${text.replaceAll("\n", "\\n")}'`);

/** Names for what a run made up: `name` gives one, `words` tells values by them. */
export function openNames({ countsPartitions }) {
  const names = new Map();
  const textWords = (text) => {
    const [actual, name] = [...names].find(([each]) => text.includes(each)) ?? [];
    if (actual !== text && text.length > LONG) return `(${text.length} characters)`;
    return quoted(actual === undefined ? text : text.replaceAll(actual, name));
  };
  const byteWords = (bytes) => {
    const text = Buffer.from(bytes).toString("latin1");
    return printable(text) ? textWords(text) : `0x${Buffer.from(bytes).toString("hex")}`;
  };
  const listWords = (name, list) => {
    const told = list.map((each) => words(each));
    return `[${(UNORDERED.has(name) ? told.toSorted() : told).join(", ")}]`;
  };
  const fieldWords = (name, value) => {
    if (name === "errorCode") return errorByCode(value)?.name ?? String(value);
    if (name === "errorMessage" && value) return "(a sentence)";
    if (ADDRESS_FIELDS.has(name) && value !== -1 && value !== "") return `(${name})`;
    if (name === "heartbeatIntervalMs" && value > 0) return "(interval)";
    if (value instanceof Uint8Array && EMBEDDED[name] && value[0] === 0) {
      const { version, value: told } = decodeVersioned(EMBEDDED[name], value);
      return `v${version}{${fields(told)}}`;
    }
    if (countsPartitions && name === "partitions" && typeof value[0] === "number") return `(${value.length} of them)`;
    return Array.isArray(value) ? listWords(name, value) : words(value);
  };
  const words = (value) => {
    if (typeof value === "string") return textWords(value);
    if (value instanceof Uint8Array) return byteWords(value);
    return value === null || typeof value !== "object" ? String(value) : `{${fields(value)}}`;
  };
  const fields = (value) =>
    Object.entries(value)
      .filter(([name]) => name !== "throttleTimeMs")
      .map(([name, inner]) => `${name}=${fieldWords(name, inner)}`)
      .join(" ");
  return {
    words: (value) => (typeof value === "string" ? value : fields(value)),
    knows: (actual) => names.has(actual),
    name: (actual, name) => names.set(actual, `<${name}>`),
  };
}
