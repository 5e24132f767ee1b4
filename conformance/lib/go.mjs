// A suite that is a Go module: built once by the go command, which knows by itself what has changed.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { buildDirectory } from "./paths.mjs";
import { build } from "./processes.mjs";
import { missingCommands } from "./runtimes.mjs";

/** The suite of the Go module in `directory`. */
export function goSuite(name, directory, properties = {}) {
  const program = join(buildDirectory, "go", name);
  return {
    name,
    timeoutMs: 300_000,
    missing: () => missingCommands("go"),
    build: async () => {
      await mkdir(join(buildDirectory, "go"), { recursive: true });
      await build(["go", "build", "-mod=readonly", "-o", program, "."], { cwd: directory });
    },
    command: () => [program],
    ...properties,
  };
}
