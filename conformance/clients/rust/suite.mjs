// Rust: rdkafka, over a librdkafka of its own.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildDirectory } from "../../lib/paths.mjs";
import { build } from "../../lib/processes.mjs";
import { missingCommands } from "../../lib/runtimes.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const target = join(buildDirectory, "rust");

export const suite = {
  name: "rust",
  timeoutMs: 180_000,
  groups: true,
  missing: () => missingCommands("cargo", "make", "cc", "c++"),
  build: async () => {
    await mkdir(target, { recursive: true });
    await build(["cargo", "build", "--quiet", "--target-dir", target], { cwd: here, timeoutMs: 600_000 });
  },
  command: () => [join(target, "debug/conformance-rdkafka")],
};
