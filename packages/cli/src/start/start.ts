// `moldau start`: runs a broker until it is told to stop.
import { hostname } from "node:os";
import { type RunningBroker, startBroker } from "@moldau/broker";
import { nodeDisk, nodeHostFigures, nodeNetwork, systemClock, systemRandom, systemTimers } from "@moldau/env";
import type { HostAndPort } from "@moldau/metadata";
import { localMedium } from "@moldau/storage";
import { isAllInterfaces } from "../address.js";
import { EXIT } from "../exit.js";
import { type Logger, logger } from "../logging/logger.js";
import { VERSION } from "../version.js";
import { banner } from "./banner.js";
import { failureSentence } from "./failure.js";
import { type HttpServer, serveHttp } from "./http-server.js";
import type { ReadSettings } from "./read-settings.js";
import type { StartSettings } from "./settings.js";
import { type StopSignal, stopOnSignal } from "./signals.js";

const DRAIN_MS = 5_000;
/** How long stopping may take in all: what is then unfinished was promised to nobody. */
const STOP_MS = 30_000;
const A_LONG_TIME_MS = 2 ** 31 - 1;
const DEFAULT_HTTP: HostAndPort = { host: "127.0.0.1", port: 9644 };
/** By convention, 128 and the signal's number. */
const KILLED_BY: Readonly<Record<StopSignal, number>> = { SIGINT: 130, SIGTERM: 143 };

const clock = systemClock;

/** Returns the exit code once the broker has stopped, or could not start. `enteredMs` is the process's uptime when the command began. */
export async function start({ settings, unknownVariables }: ReadSettings, enteredMs: number): Promise<number> {
  const pretty = (settings.logFormat ?? (process.stdout.isTTY ? "pretty" : "json")) === "pretty";
  const log = logger({
    format: pretty ? "pretty" : "json",
    level: settings.logLevel,
    clock,
    write: (line) => process.stdout.write(line),
    color: process.stdout.isTTY === true && process.env.NO_COLOR === undefined,
  });
  // Whoever read our output is gone; that is no reason to stop.
  process.stdout.on("error", () => {});
  const fatal = endAtOnce(log);
  process.on("uncaughtException", fatal);
  // The broker's timers don't keep a process alive, so while it closes nothing else might.
  setInterval(() => {}, A_LONG_TIME_MS);
  const stopped = untilStopSignal(log);
  tellWhatHasNoEffect(settings, unknownVariables, log);

  const broker = await tryToStart(settings.listen, "--listen", log, () => openBroker(settings, log, fatal));
  if (!broker) return EXIT.failed;
  const http = await openHttp(settings, broker, log);
  if (http === "failed") {
    await broker.stop({ drainMs: 0 });
    return EXIT.failed;
  }
  sayReady({ settings, broker, http, pretty, startedInMs: Math.round(process.uptime() * 1000 - enteredMs) }, log);

  await stopped;
  const ended = await Promise.race([broker.stop({ drainMs: DRAIN_MS }).then(() => true), after(STOP_MS)]);
  if (!ended) {
    log.error(
      { waitedMs: STOP_MS },
      "stopping takes too long, perhaps for a disk that does not answer: ending at once; what was acknowledged is durable",
    );
    return EXIT.failed;
  }
  await http?.close();
  log.info({}, "stopped");
  return EXIT.done;
}

function openBroker(settings: StartSettings, log: Logger, fatal: (error: Error) => void): Promise<RunningBroker> {
  const { listen, dataDirectory, nodeId, rack, properties } = settings;
  const advertise = settings.advertise ?? advertisedFor(listen, log);
  const disk = nodeDisk();
  return startBroker({
    disk,
    network: nodeNetwork(),
    clock,
    random: systemRandom,
    timers: systemTimers,
    log,
    listen,
    ...(advertise && { advertise }),
    dataDirectory,
    medium: localMedium({ disk, timers: systemTimers }),
    nodeId,
    ...(rack !== undefined && { rack }),
    properties,
    host: nodeHostFigures(),
    fatal,
  });
}

/** "All interfaces" is nothing that a client could connect to, so it is told the machine's name, as with Kafka. */
function advertisedFor(listen: HostAndPort, log: Logger): HostAndPort | undefined {
  if (!isAllInterfaces(listen.host) || listen.port === 0) return undefined;
  const advertise = { host: hostname(), port: listen.port };
  log.info(advertise, "clients are told to use this machine's name: choose another address with --advertise");
  return advertise;
}

/** Metrics are on where they were asked to be, or else at the default address if nobody is there. */
async function openHttp(settings: StartSettings, broker: RunningBroker, log: Logger): Promise<HttpServer | undefined | "failed"> {
  const { http } = settings;
  if (http === "off") return undefined;
  if (http) return (await tryToStart(http, "--http", log, () => serveHttp(http, broker))) ?? "failed";
  try {
    return await serveHttp(DEFAULT_HTTP, broker);
  } catch (error) {
    log.info({ reason: failureSentence(error, DEFAULT_HTTP, "--http") }, "metrics are off");
    return undefined;
  }
}

async function tryToStart<Started>(
  address: HostAndPort,
  flag: "--listen" | "--http",
  log: Logger,
  open: () => Promise<Started>,
): Promise<Started | undefined> {
  try {
    return await open();
  } catch (error) {
    log.debug({ error }, "the cause of what follows");
    log.error({}, failureSentence(error, address, flag));
    return undefined;
  }
}

function tellWhatHasNoEffect({ report }: StartSettings, unknownVariables: readonly string[], log: Logger): void {
  if (unknownVariables.length > 0) log.warn({ variables: unknownVariables }, "these variables are none of ours, whatever their names say");
  if (report.unknown.length > 0) log.warn({ configs: report.unknown }, "these configs are unknown and have no effect");
  for (const { why, names } of report.withoutEffect) log.info({ configs: names, why }, "these configs have no effect here");
}

interface Ready {
  readonly settings: StartSettings;
  readonly broker: RunningBroker;
  readonly http: HttpServer | undefined;
  readonly pretty: boolean;
  readonly startedInMs: number;
}

function sayReady({ settings: { dataDirectory }, broker, http, pretty, startedInMs }: Ready, log: Logger): void {
  const address = { host: broker.host, port: broker.port };
  if (pretty) {
    process.stdout.write(banner({ version: VERSION, startedInMs, address, dataDirectory, http }));
    return;
  }
  const { clusterId } = broker;
  const metrics = http ? { host: http.host, port: http.port } : "off";
  log.info({ version: VERSION, ...address, dataDirectory, clusterId, metrics, startedInMs }, "ready");
}

const after = (ms: number) => new Promise<false>((resolve) => systemTimers.after(ms, () => resolve(false)));

/** Settles at the first signal, also when that comes before the broker is ready. */
function untilStopSignal(log: Logger): Promise<void> {
  return new Promise((resolve) => {
    const onSignal = stopOnSignal(clock, {
      stop(signal) {
        log.info({ signal }, "stopping: answering what is under way");
        resolve();
      },
      stopNow(signal) {
        process.exit(KILLED_BY[signal]);
      },
    });
    process.on("SIGTERM", () => onSignal("SIGTERM"));
    process.on("SIGINT", () => onSignal("SIGINT"));
  });
}

/** For what must not happen: better no broker than one that acknowledges something false. What was acknowledged is durable. */
function endAtOnce(log: Logger): (error: Error) => never {
  return (error) => {
    log.error({ error }, "something that must not happen did: ending at once");
    process.exit(EXIT.failed);
  };
}
