// Moldau as a user starts it: the built command, nothing tuned.
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
    command: () => ({
      program: process.execPath,
      args: [command, "start", "--listen", `127.0.0.1:${port}`, "--data", join(directory, "data")],
    }),
  });
