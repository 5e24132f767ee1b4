// `npm start`: builds when a source is newer than the last build, then runs `moldau start` with the words after `--`.
//
// In this very process, not in one below it: a terminal sends Ctrl-C to every process of the command, and a broker that got it twice
// would take the second for "at once".
import { spawnSync } from "node:child_process";
import { readdirSync, statSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ROOT = new URL("../", import.meta.url);
const COMMAND = new URL("packages/cli/dist/main.js", ROOT);
/** Touched after each build of ours. tsc finds out by itself whether there is work, but takes longer for it than a broker to start. */
const BUILT = new URL("packages/cli/dist/.built", ROOT);

function modifiedMs(url) {
  return statSync(url, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** Whether anything that the build reads has changed since `sinceMs`: a file, or which files there are. */
function changedSince(directory, sinceMs) {
  if (modifiedMs(directory) > sinceMs) return true;
  return readdirSync(directory, { withFileTypes: true }).some((entry) => {
    const url = new URL(entry.isDirectory() ? `${entry.name}/` : entry.name, directory);
    return entry.isDirectory() ? changedSince(url, sinceMs) : modifiedMs(url) > sinceMs;
  });
}

function isBuilt() {
  const builtMs = modifiedMs(BUILT);
  if (builtMs === 0 || modifiedMs(COMMAND) === 0 || modifiedMs(new URL("tsconfig.base.json", ROOT)) > builtMs) return false;
  const packages = new URL("packages/", ROOT);
  return readdirSync(packages).every((name) => {
    const configured = modifiedMs(new URL(`${name}/tsconfig.json`, packages));
    return configured === 0 || (configured <= builtMs && !changedSince(new URL(`${name}/src/`, packages), builtMs));
  });
}

function build() {
  const startedMs = Date.now();
  const tsc = fileURLToPath(new URL("node_modules/typescript/bin/tsc", ROOT));
  const { status, error } = spawnSync(process.execPath, [tsc, "-b"], { cwd: fileURLToPath(ROOT), stdio: ["ignore", 2, 2] });
  if (error || status !== 0) {
    process.stderr.write("moldau: the build failed. Was `npm ci` run?\n");
    process.exit(1);
  }
  writeFileSync(BUILT, `${startedMs}\n`);
}

if (!isBuilt()) build();
process.argv.splice(1, 1, fileURLToPath(COMMAND), "start");
await import(COMMAND.href);
