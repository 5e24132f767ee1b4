// The broker under test: a Moldau or a real Kafka started for this run, or one that is already there.
import { mkdtemp, open, rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startKafkaOn } from "./kafka.mjs";
import { buildDirectory, repositoryRoot } from "./paths.mjs";
import { end, start } from "./processes.mjs";
import { settings } from "./settings.mjs";

const START_MS = 60_000;
// ApiVersions v0 of a client named "x"
const API_VERSIONS = Buffer.from("0000000b0012000000000001000178", "hex");

const listening = (port) =>
  new Promise((resolve) => {
    const server = createServer().once("error", () => resolve(undefined));
    server.listen(port, "127.0.0.1", () => {
      const { port: chosen } = server.address();
      server.close(() => resolve(chosen));
    });
  });

/** A free port whose successor is free as well: a real Kafka takes both. */
async function freePort() {
  for (let attempt = 0; attempt < 50; attempt++) {
    const port = await listening(0);
    if (port !== undefined && (await listening(port + 1)) !== undefined) return port;
  }
  throw new Error("no two free ports in a row");
}

/** Whether a Kafka-speaking broker answers ApiVersions within timeoutMs. */
export function answers(host, port, timeoutMs = 2_000) {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const finish = (result) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(result);
    };
    const timer = setTimeout(() => finish(false), timeoutMs);
    socket.on("connect", () => socket.write(API_VERSIONS));
    socket.on("data", () => finish(true));
    socket.on("error", () => finish(false));
    socket.on("close", () => finish(false));
  });
}

async function startMoldau() {
  const port = await freePort();
  const data = await mkdtemp(join(tmpdir(), "moldau-conformance-"));
  const log = await open(join(buildDirectory, "logs", "broker.log"), "w");
  const command = join(repositoryRoot, "packages/cli/bin/moldau.js");
  const set = Object.entries(settings).flatMap(([name, value]) => ["--set", `${name}=${value}`]);
  const child = start([process.execPath, command, "start", "--listen", `127.0.0.1:${port}`, "--data", data, "--http", "off", ...set], {
    stdio: ["ignore", log.fd, log.fd],
  });
  const stop = async () => {
    const outcome = await end(child, 15_000);
    await log.close();
    await rm(data, { recursive: true, force: true });
    return outcome.code === 0 ? undefined : `the broker ended with ${outcome.killed ? "SIGKILL, 15 s after SIGTERM" : outcome.code}`;
  };
  const deadline = Date.now() + START_MS;
  while (!(await answers("127.0.0.1", port))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`Moldau did not start; its output is in ${join(buildDirectory, "logs", "broker.log")}`);
    }
    await sleep(100);
  }
  return { name: "Moldau", host: "127.0.0.1", port, pid: child.pid, stop };
}

async function startKafka() {
  const port = await freePort();
  const { stop } = await startKafkaOn(port, () => answers("127.0.0.1", port));
  return { name: "Apache Kafka", host: "127.0.0.1", port, stop };
}

async function given(address) {
  const separator = address.lastIndexOf(":");
  const [host, port] = [address.slice(0, separator), Number(address.slice(separator + 1))];
  if (!(await answers(host, port, 5_000))) throw new Error(`nothing at ${address} answers ApiVersions`);
  return { name: address, host, port, stop: async () => undefined };
}

/** { name, host, port, pid?, stop }: stop resolves with what went wrong while stopping, if anything. */
export function openTarget({ broker, kafka }) {
  if (broker) return given(broker);
  return kafka ? startKafka() : startMoldau();
}
