// Which names a topic may have: Kafka's rules. A name is a file name in Kafka, and a metric's name everywhere.

/** Kafka's limit: a directory is "name-partition" and file names end at 255. */
export const MAX_TOPIC_NAME_LENGTH = 249;

const ALLOWED = /^[a-zA-Z0-9._-]+$/;

/** What is wrong with a topic's name, as a sentence; undefined when nothing is (INVALID_TOPIC_EXCEPTION otherwise). */
export function topicNameProblem(name: string): string | undefined {
  if (name === "") return "A topic's name must not be empty.";
  if (name === "." || name === "..") return `A topic cannot be named "${name}".`;
  if (name.length > MAX_TOPIC_NAME_LENGTH) {
    return `A topic's name has at most ${MAX_TOPIC_NAME_LENGTH} characters, and this one has ${name.length}: "${name.slice(0, 64)}…".`;
  }
  if (!ALLOWED.test(name)) return `A topic's name is made of ASCII letters and digits, ".", "_" and "-", and "${name}" is not.`;
  return undefined;
}

/** Two names with the same key are one name to metrics, where "." becomes "_": Kafka refuses the second. */
export const collisionKey = (name: string): string => name.replaceAll(".", "_");
