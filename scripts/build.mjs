// `npm run build`: compiles all packages, then bundles what the command loads: many small files take twice as long to start.
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { rolldown } from "rolldown";

const ROOT = new URL("../", import.meta.url);
const path = (name) => fileURLToPath(new URL(name, ROOT));

/** Of our own packages everything is bundled; of others nothing, for some have native parts that must be found where they are. */
const isForeign = (id) => !/^(\.|\/|@moldau\/)/.test(id);

/** The tool box, which main.js loads when it is not to start a broker. */
const TOOLS = "./program.js";

/** Builds a project of TypeScript and what it refers to, then the bundles. Whether all went well; what did not is on standard error. */
export async function build(project) {
  const tsc = path("node_modules/typescript/bin/tsc");
  const { status } = spawnSync(process.execPath, [tsc, "-b", project], { cwd: path("."), stdio: ["ignore", 2, 2] });
  if (status !== 0) return false;
  rmSync(path("packages/cli/bundle"), { recursive: true, force: true });
  // Two of them: in one, what a broker and the tools share would be in files of its own, and a start would load more of them.
  // main.js last: `npm start` takes its time for the build's.
  await bundle("program.js", isForeign);
  await bundle("main.js", (id) => isForeign(id) || id === TOOLS);
  return true;
}

async function bundle(entry, external) {
  const bundled = await rolldown({ input: path(`packages/cli/dist/${entry}`), platform: "node", external });
  await bundled.write({ dir: path("packages/cli/bundle"), sourcemap: true });
  await bundled.close();
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.exitCode = (await build(".")) ? 0 : 1;
}
