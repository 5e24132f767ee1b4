// Python: confluent-kafka, librdkafka in its newest version.
import { copyFile, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildDirectory } from "../../lib/paths.mjs";
import { build } from "../../lib/processes.mjs";
import { missingCommands } from "../../lib/runtimes.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const output = join(buildDirectory, "python");
const python = join(output, "venv/bin/python");
const requirements = join(here, "requirements.txt");
const installed = join(output, "requirements.txt");

export const suite = {
  name: "python",
  timeoutMs: 300_000,
  groups: true,
  missing: () => missingCommands("python3"),
  build: async () => {
    const [wanted, present] = await Promise.all([readFile(requirements, "utf8"), readFile(installed, "utf8").catch(() => "")]);
    if (wanted === present) return;
    await mkdir(output, { recursive: true });
    await build(["python3", "-m", "venv", "--clear", join(output, "venv")]);
    await build([python, "-m", "pip", "install", "--quiet", "--requirement", requirements]);
    await copyFile(requirements, installed);
  },
  command: () => [python, "-B", "-u", join(here, "main.py")],
};
