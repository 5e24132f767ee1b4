// `npm start`: builds when a source is newer than the last build, then runs `moldau start` with the words after `--`.
//
// In this very process, not in one below it: a terminal sends Ctrl-C to every process of the command, and a broker that got it twice
// would take the second for "at once".
import { readdirSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ROOT = new URL("../", import.meta.url);
const COMMAND = new URL("packages/cli/bin/moldau.js", ROOT);
/** What a build writes last. */
const BUNDLE = new URL("packages/cli/bundle/main.js", ROOT);

function modifiedMs(url) {
  return statSync(url, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** Whether a file below has changed, or which files there are. */
function changedSince(directory, sinceMs) {
  if (modifiedMs(directory) > sinceMs) return true;
  return readdirSync(directory, { withFileTypes: true }).some((entry) => {
    const url = new URL(entry.isDirectory() ? `${entry.name}/` : entry.name, directory);
    return entry.isDirectory() ? changedSince(url, sinceMs) : modifiedMs(url) > sinceMs;
  });
}

/** Looking at the times of a few hundred files takes 20 ms; asking the compiler takes longer than a broker needs to start. */
function isBuilt() {
  const builtMs = modifiedMs(BUNDLE);
  if (builtMs === 0 || modifiedMs(new URL("tsconfig.base.json", ROOT)) > builtMs) return false;
  const packages = new URL("packages/", ROOT);
  return readdirSync(packages).every((name) => {
    const configured = modifiedMs(new URL(`${name}/tsconfig.json`, packages));
    return configured === 0 || (configured <= builtMs && !changedSince(new URL(`${name}/src/`, packages), builtMs));
  });
}

if (!isBuilt()) {
  const { build } = await import("./build.mjs");
  if (!(await build("packages/cli"))) {
    process.stderr.write("moldau: the build failed. Was `npm ci` run?\n");
    process.exit(1);
  }
}
process.argv.splice(1, 1, fileURLToPath(COMMAND), "start");
await import(COMMAND.href);
