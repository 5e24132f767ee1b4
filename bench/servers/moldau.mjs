// Moldau as a user starts it: the built command, nothing tuned but what a scenario sets of every broker.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { controlledServer } from "./server.mjs";

const command = fileURLToPath(new URL("../../packages/cli/bin/moldau.js", import.meta.url));

export const isBuilt = () => existsSync(command);

/** @param {{ name: string, port: number, directory: string }} options */
export const moldauServer = ({ name, port, directory }) =>
  controlledServer({
    name,
    port,
    directory,
    format: async () => {},
    // A line of its log for each pass that gained something.
    compactedThrough: (topic, log) => {
      const passes = log().filter((line) => line.includes('"cleanedThrough"') && line.includes(`"${topic}"`));
      return Math.max(0, ...passes.map((line) => Number(JSON.parse(line).cleanedThrough)));
    },
    command: ({ all = {} }) => {
      const settings = Object.entries(all).flatMap(([name, value]) => ["--set", `${name}=${value}`]);
      const args = [command, "start", "--listen", `127.0.0.1:${port}`, "--data", join(directory, "data"), ...settings];
      return { program: process.execPath, args };
    },
  });
