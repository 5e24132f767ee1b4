// Writes testdata/kafka-4.3.1-traffic.txt: frames between a real Kafka and real clients.
//
//   node packages/protocol/scripts/record-traffic.mjs "path/to/kafka/libs/*" [kcat]      (after npm run build)
//
// Starts a Kafka that sends its clients to a proxy, which keeps what passes: Kafka's own clients (KafkaTraffic.java), kcat if
// it is there, the broker's requests to itself, and every API in every version asked by us with fields left out, for the
// answers. A line is "q|r api-key version base64 of header and body"; of alike frames the shortest are kept.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { apis, decodeRequestHeader, encodeRequestFrame } from "../dist/index.js";

const [classPath, kcat] = process.argv.slice(2);
if (!classPath) throw new Error("usage: record-traffic.mjs CLASSPATH [KCAT]");
const BROKER_PORT = 21000;
const CONTROLLER_PORT = 21001;
const PROXY_PORT = 21010;
const KEPT_OF_A_KIND = 2;
const LONGEST_FRAME = 3_000;

const kept = new Map();

function keep(kind, frame) {
  if (frame.length > LONGEST_FRAME) return;
  const frames = kept.get(kind) ?? [];
  const text = frame.toString("base64");
  if (frames.includes(text)) return;
  kept.set(kind, [...frames, text].sort((one, other) => one.length - other.length).slice(0, KEPT_OF_A_KIND));
}

/** Calls `take` with each whole frame of a stream, without its size. */
function frames(take) {
  let pending = Buffer.alloc(0);
  return (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= 4 && pending.length >= 4 + pending.readInt32BE(0)) {
      const end = 4 + pending.readInt32BE(0);
      take(pending.subarray(4, end));
      pending = pending.subarray(end);
    }
  };
}

const proxy = createServer((client) => {
  const broker = connect(BROKER_PORT, "127.0.0.1");
  const asked = new Map();
  const onRequest = frames((frame) => {
    const header = decodeRequestHeader(frame);
    if (!header.known) return;
    asked.set(header.correlationId, header);
    keep(`q ${header.apiKey} ${header.apiVersion}`, frame);
  });
  const onResponse = frames((frame) => {
    const header = asked.get(frame.readInt32BE(0));
    asked.delete(frame.readInt32BE(0));
    if (header) keep(`r ${header.apiKey} ${header.apiVersion}`, frame);
  });
  client.on("data", onRequest);
  broker.on("data", onResponse);
  client.pipe(broker).pipe(client);
  for (const [one, other] of [
    [client, broker],
    [broker, client],
  ])
    one.on("error", () => other.destroy()).on("close", () => other.destroy());
});

const directory = mkdtempSync(join(tmpdir(), "kafka-traffic-"));
const properties = join(directory, "server.properties");
writeFileSync(
  properties,
  `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${CONTROLLER_PORT}
listeners=PLAINTEXT://127.0.0.1:${BROKER_PORT},CONTROLLER://127.0.0.1:${CONTROLLER_PORT}
advertised.listeners=PLAINTEXT://127.0.0.1:${PROXY_PORT}
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs=${directory}/data
offsets.topic.replication.factor=1
offsets.topic.num.partitions=3
transaction.state.log.replication.factor=1
transaction.state.log.num.partitions=3
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.num.partitions=3
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
delegation.token.secret.key=secret
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
allow.everyone.if.no.acl.found=true
super.users=User:ANONYMOUS
`,
);
const java = (...args) => ["-Xmx512m", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp", classPath, ...args];

/** Sends one request and waits for its answer, the end of the connection, or two seconds. */
function ask(parts) {
  return new Promise((resolve) => {
    const socket = connect(PROXY_PORT, "127.0.0.1");
    const timer = setTimeout(() => socket.destroy(), 2_000);
    socket.on(
      "data",
      frames((frame) => {
        socket.destroy();
        resolve(frame);
      }),
    );
    socket
      .on("error", () => {})
      .on("close", () => {
        clearTimeout(timer);
        resolve(undefined);
      });
    for (const part of parts) socket.write(part);
  });
}

async function started() {
  for (let attempt = 0; attempt < 240; attempt++) {
    if (await ask(encodeRequestFrame(apis.ApiVersions, 0, { correlationId: 1, clientId: "recorder" }, {}))) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error("Kafka did not start");
}

function run(command, args, input) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ["pipe", "ignore", "inherit"] });
    const timer = setTimeout(() => child.kill("SIGKILL"), 240_000);
    child
      .on("error", (error) => console.error(String(error)))
      .on("close", (code) => {
        clearTimeout(timer);
        resolve(code);
      });
    child.stdin.end(input);
  });
}

/** What it takes to be answered at all. */
const ANSWERABLE = {
  Produce: { acks: 1 },
  DescribeAcls: { resourceTypeFilter: 1, patternTypeFilter: 1, operation: 1, permissionType: 1 },
};

/** Every API in every version; what changes the cluster comes with nothing to change. */
async function askEverything() {
  const silent = [];
  let correlationId = 1000;
  for (const api of Object.values(apis)) {
    for (let version = api.versions.min; version <= api.versions.max; version++) {
      const answer = await ask(
        encodeRequestFrame(api, version, { correlationId: correlationId++, clientId: "recorder" }, ANSWERABLE[api.name] ?? {}),
      );
      if (!answer) silent.push(`${api.name} v${version}`);
    }
  }
  console.log(`no answer: ${silent.join(", ")}`);
}

spawnSync("java", java("kafka.tools.StorageTool", "format", "-t", "MkU3OEVBNTcwNTJENDM2Qg", "-c", properties), { stdio: "ignore" });
const kafka = spawn("java", java("kafka.Kafka", properties), { stdio: "ignore" });
const ended = new Promise((resolve) => kafka.on("close", resolve));
await new Promise((resolve) => proxy.listen(PROXY_PORT, "127.0.0.1", resolve));
try {
  await started();
  const bootstrap = `127.0.0.1:${PROXY_PORT}`;
  console.log("clients of Kafka:", await run("java", java(fileURLToPath(new URL("KafkaTraffic.java", import.meta.url)), bootstrap)));
  if (kcat) {
    console.log("kcat:", await run(kcat, ["-b", bootstrap, "-P", "-t", "orders", "-z", "snappy"], "one\ntwo\n"));
    console.log("kcat:", await run(kcat, ["-b", bootstrap, "-C", "-t", "orders", "-e", "-o", "beginning"]));
    console.log("kcat:", await run(kcat, ["-b", bootstrap, "-G", "group-kcat", "-e", "orders"]));
    console.log("kcat:", await run(kcat, ["-b", bootstrap, "-L"]));
  }
  await askEverything();
} finally {
  kafka.kill("SIGKILL");
  await ended;
  proxy.close();
  rmSync(directory, { recursive: true, force: true });
}
const lines = [...kept]
  .sort(([one], [other]) => one.localeCompare(other, "en", { numeric: true }))
  .flatMap(([kind, texts]) => texts.map((text) => `${kind} ${text}`));
writeFileSync(new URL("../testdata/kafka-4.3.1-traffic.txt", import.meta.url), `${lines.join("\n")}\n`);
console.log(`${lines.length} frames of ${kept.size} kinds`);
process.exit(0);
