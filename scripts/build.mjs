// `npm run build`: compiles all packages, then makes one bundle of what the command loads: many small files take twice as long to start.
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { rolldown } from "rolldown";

const ROOT = new URL("../", import.meta.url);
const path = (name) => fileURLToPath(new URL(name, ROOT));

/** Of our own packages everything is bundled; of others nothing, for some have native parts that must be found where they are. */
const isForeign = (id) => !/^(\.|\/|@moldau\/)/.test(id);

/** Builds a project of TypeScript and what it refers to, then the bundle. Whether all went well; what did not is on standard error. */
export async function build(project) {
  const tsc = path("node_modules/typescript/bin/tsc");
  const { status } = spawnSync(process.execPath, [tsc, "-b", project], { cwd: path("."), stdio: ["ignore", 2, 2] });
  if (status !== 0) return false;
  const bundle = await rolldown({ input: path("packages/cli/dist/main.js"), platform: "node", external: isForeign });
  rmSync(path("packages/cli/bundle"), { recursive: true, force: true });
  await bundle.write({ dir: path("packages/cli/bundle"), sourcemap: true });
  await bundle.close();
  return true;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.exitCode = (await build(".")) ? 0 : 1;
}
