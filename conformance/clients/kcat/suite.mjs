// kcat: the command-line client over librdkafka that Debian packages.
import { fileURLToPath } from "node:url";
import { missingCommands } from "../../lib/runtimes.mjs";

export const suite = {
  name: "kcat",
  timeoutMs: 180_000,
  groups: true,
  missing: () => missingCommands("kcat"),
  build: async () => {},
  command: () => [process.execPath, fileURLToPath(new URL("check.mjs", import.meta.url))],
  // no option for timestamps, and no NUL on a command line
  cannotWrite: ["earliest timestamp", "timestamp of 2017", "timestamp before the one before it", "binary header value"],
};
