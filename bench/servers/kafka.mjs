// A real Kafka: one KRaft broker with the JVM flags and heap of Kafka's own start script (1 GB), settings at their defaults.
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { controlledServer } from "./server.mjs";

const run = promisify(execFile);
const JVM_FLAGS = [
  "-Xmx1G",
  "-Xms1G",
  "-server",
  "-XX:+UseG1GC",
  "-XX:MaxGCPauseMillis=20",
  "-XX:InitiatingHeapOccupancyPercent=35",
  "-XX:+ExplicitGCInvokesConcurrent",
  "-Djava.awt.headless=true",
  "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
];

/** The script that has Kafka's jars: `SCRIPT classpath`, `SCRIPT run CLASS ARG…`. */
export const kafkaPeer = process.env.MOLDAU_KAFKA_PEER ?? fileURLToPath(new URL("../../../shared/peers/kafka", import.meta.url));

/** @returns {Promise<string | undefined>} the class path; undefined when there is no Kafka here */
export async function findKafka() {
  if (!existsSync(kafkaPeer)) return undefined;
  const { stdout } = await run(kafkaPeer, ["classpath"], { timeout: 600_000 }); // the first time, it downloads Kafka
  return stdout.trim();
}

/** @param {number} port @param {string} data @param {Record<string, string>} extra */
const properties = (port, data, extra) =>
  Object.entries({
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.quorum.voters": `1@127.0.0.1:${port + 1}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${port + 1}`,
    "advertised.listeners": `PLAINTEXT://127.0.0.1:${port}`,
    "controller.listener.names": "CONTROLLER",
    "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
    "log.dirs": data,
    "offsets.topic.replication.factor": "1",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "group.initial.rebalance.delay.ms": "0",
    ...extra,
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");

/**
 * @param {{ name: string, port: number, directory: string, classPath: string, extra?: Record<string, string> }} options
 */
export function kafkaServer({ name, port, directory, classPath, extra = {} }) {
  const settings = join(directory, "server.properties");
  return controlledServer({
    name,
    port,
    directory,
    format: async (special) => {
      await writeFile(settings, properties(port, join(directory, "data"), { ...extra, ...special.all, ...special.kafka }));
      const args = ["-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp", classPath, "kafka.tools.StorageTool"];
      await run("java", [...args, "format", "-t", "bW9sZGF1LWJlbmNobWFyaw", "-c", settings], { timeout: 60_000 });
    },
    // A line for each compacted partition, written when a pass is over: TOPIC PARTITION OFFSET.
    compactedThrough: (topic) => {
      const checkpoint = join(directory, "data", "cleaner-offset-checkpoint");
      const lines = existsSync(checkpoint) ? readFileSync(checkpoint, "utf8").split("\n") : [];
      const line = lines.find((line) => line.startsWith(`${topic} 0 `));
      return line === undefined ? 0 : Number(line.split(" ")[2]);
    },
    command: () => ({ program: "java", args: [...JVM_FLAGS, "-cp", classPath, "kafka.Kafka", settings] }),
  });
}
