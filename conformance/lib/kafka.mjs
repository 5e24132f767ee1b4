// A real Apache Kafka of one node, with its jars from the script $MOLDAU_KAFKA_PEER: the oracle.
import { mkdir, mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { buildDirectory, repositoryRoot } from "./paths.mjs";
import { build, end, start } from "./processes.mjs";
import { settings } from "./settings.mjs";

/** Where the script that knows a real Kafka is; absent on most machines. */
export const kafkaPeer = process.env.MOLDAU_KAFKA_PEER ?? join(repositoryRoot, "../shared/peers/kafka");

const START_MS = 60_000;
const CLUSTER_ID = "Y29uZm9ybWFuY2UtMDEhIQ";

const properties = (port, directory) => ({
  "process.roles": "broker,controller",
  "node.id": 1,
  "controller.quorum.voters": `1@127.0.0.1:${port + 1}`,
  listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${port + 1}`,
  "advertised.listeners": `PLAINTEXT://127.0.0.1:${port}`,
  "controller.listener.names": "CONTROLLER",
  "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
  "log.dirs": join(directory, "data"),
  "offsets.topic.replication.factor": 1,
  "transaction.state.log.replication.factor": 1,
  "transaction.state.log.min.isr": 1,
  "share.coordinator.state.topic.replication.factor": 1,
  "share.coordinator.state.topic.min.isr": 1,
  ...settings,
});

/** Starts it on `port` and the next; `ready` says whether it answers. Resolves with { stop }. */
export async function startKafkaOn(port, ready) {
  const directory = await mkdtemp(join(tmpdir(), "moldau-conformance-kafka-"));
  await mkdir(join(buildDirectory, "logs"), { recursive: true });
  const file = join(directory, "server.properties");
  const lines = Object.entries(properties(port, directory)).map(([name, value]) => `${name}=${value}\n`);
  await writeFile(file, lines.join(""));
  const classpath = (await build([kafkaPeer, "classpath"])).at(-1);
  const java = ["java", "-Xmx1G", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp", classpath];
  await build([...java, "kafka.tools.StorageTool", "format", "-t", CLUSTER_ID, "-c", file]);
  const log = await open(join(buildDirectory, "logs", "kafka.log"), "w");
  const child = start([...java, "kafka.Kafka", file], { stdio: ["ignore", log.fd, log.fd] });
  const stop = async () => {
    await end(child, 15_000);
    await log.close();
    await rm(directory, { recursive: true, force: true });
  };
  const deadline = Date.now() + START_MS;
  while (!(await ready())) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`Kafka did not start; its output is in ${join(buildDirectory, "logs", "kafka.log")}`);
    }
    await sleep(100);
  }
  return { stop };
}
