// Java: Apache Kafka's own clients and command-line tools, all checks in one JVM.
import { existsSync } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { kafkaPeer } from "../../lib/kafka.mjs";
import { buildDirectory } from "../../lib/paths.mjs";
import { build } from "../../lib/processes.mjs";
import { missingCommands } from "../../lib/runtimes.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const output = join(buildDirectory, "java");
const classes = join(output, "classes");
let classpath;

async function kafkaClasspath() {
  if (existsSync(kafkaPeer)) return (await build([kafkaPeer, "classpath"])).at(-1);
  const libraries = join(output, "libs");
  if (!existsSync(libraries)) {
    await build(["mvn", "-q", "-f", join(here, "pom.xml"), "dependency:copy-dependencies", `-DoutputDirectory=${libraries}`]);
  }
  return join(libraries, "*");
}

export const suite = {
  name: "java",
  timeoutMs: 300_000,
  groups: true,
  missing: () => missingCommands("java", "javac", "mvn"),
  build: async () => {
    await mkdir(classes, { recursive: true });
    classpath = await kafkaClasspath();
    const sources = join(here, "src/conformance");
    const files = (await readdir(sources)).map((name) => join(sources, name));
    await build(["javac", "-Xlint:all,-processing,-classfile", "-Werror", "-cp", classpath, "-d", classes, ...files]);
  },
  command: () => [
    "java",
    "-Xmx512M",
    "-XX:TieredStopAtLevel=1",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
    "-cp",
    `${classes}:${classpath}`,
    "conformance.Main",
  ],
};
