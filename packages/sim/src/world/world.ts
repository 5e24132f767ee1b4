// The world of one simulation: a disk, a catalog and a network, and on them one broker after another.
import { type MemoryNetwork, memoryNetwork } from "@moldau/env";
import { type Catalog, memoryCatalog } from "@moldau/storage";
import { type Reconnecting, reconnecting } from "../clients/reconnecting.js";
import { type Crash, type SimDisk, simDisk } from "../disk/sim-disk.js";
import type { Sabotage } from "../sabotage/sabotage.js";
import type { SeededRandom } from "../time/seeded-random.js";
import type { VirtualTime } from "../time/virtual-time.js";
import { type BrokerLife, beginLife } from "./broker-life.js";
import { mortalCatalog } from "./mortal-catalog.js";
import type { Shape } from "./shape.js";

export interface WorldOptions {
  readonly time: VirtualTime;
  readonly random: SeededRandom;
  readonly shape: Shape;
  /** The broker's settings, as server.properties has them. */
  readonly properties?: ReadonlyMap<string, string>;
  readonly sabotage: Sabotage;
  /** Log lines of the broker, with the virtual time. */
  readonly tell: ((line: string) => void) | undefined;
}

export interface End {
  readonly atMs: number;
  readonly how: "kill" | "stop";
}

export interface World {
  readonly time: VirtualTime;
  readonly disk: SimDisk;
  readonly catalog: Catalog;
  start(): void;
  /** The broker dies, and is started again after a while. */
  kill(how: Crash): void;
  /** The broker is asked to stop, and is started again once it has. */
  restart(): void;
  /** No more kills and faults. */
  calm(): void;
  isCalm(): boolean;
  /** The end: nothing goes on. */
  stop(): void;
  client(name: string): Reconnecting;
  /** How brokers ended, in order. */
  readonly ends: readonly End[];
  /** What the broker itself found broken. */
  readonly fatal: readonly string[];
}

const PORT = 9092;
const RESTART_MS = 20;
/** A stop that takes longer is a hang. */
const STOP_MS = 60_000;

export function openWorld({ time, random, shape, properties = new Map(), sabotage, tell }: WorldOptions): World {
  const network = slowNetwork(time, random.fork());
  const catalog = memoryCatalog();
  const { writeErrors, readErrors, stalls, direct } = shape;
  const faults = { writeErrors, readErrors, stalls, direct, capacityBytes: Number.MAX_SAFE_INTEGER };
  const disk = simDisk(time, random.fork(), faults);
  const ends: End[] = [];
  const fatal: string[] = [];
  let life: (BrokerLife & { stopping: boolean }) | undefined;
  let calm = false;

  const start = () => {
    const beganInCalm = calm;
    const mortal = mortalCatalog(catalog, time, random.fork());
    const lifeRandom = random.fork();
    const begun = beginLife({
      time,
      random: lifeRandom,
      disk: sabotage.disk?.(disk.boot(), { time, random: lifeRandom }) ?? disk.boot(),
      network,
      catalog: sabotage.catalog?.(mortal.catalog, { time, random: lifeRandom }) ?? mortal.catalog,
      port: PORT,
      limits: shape.limits,
      properties,
      tell(level, message, fields) {
        tell?.(`${time.nowMs().toFixed(2)} ms ${level} ${message} ${JSON.stringify(fields)}`);
        if (level === "fatal") fatal.push(`an invariant broke: ${message}`);
      },
    });
    const kill = () => {
      begun.kill();
      mortal.end();
    };
    const mine = { ...begun, kill, stopping: false };
    life = mine;
    begun.started.catch((error: unknown) => {
      if (life !== mine) return;
      // A disk that fails while starting is a reason to start again, damage is not.
      if (error instanceof Error && error.name === "CorruptionError") fatal.push(error.message);
      else if (beganInCalm) fatal.push(`the broker could not start: ${sayError(error)}`);
      else again(mine, "process");
    });
  };
  const end = (how: Crash) => {
    life?.kill();
    life = undefined;
    disk.crash(how);
  };
  /** Whatever is left of that life ends, and another begins. */
  const again = (whose: object, how: Crash) => {
    if (life !== whose) return;
    end(how);
    time.after(RESTART_MS, () => life ?? start());
  };

  return {
    time,
    disk,
    catalog,
    start,
    kill(how) {
      if (!life) return;
      ends.push({ atMs: time.nowMs(), how: "kill" });
      tell?.(`${time.nowMs().toFixed(2)} ms ${how} fails`);
      end(how);
      time.after(random.int(0, 15), () => life ?? start());
    },
    restart() {
      const stopped = life;
      if (!stopped || stopped.stopping) return;
      stopped.stopping = true;
      const hang = time.after(STOP_MS, () => (life === stopped ? fatal.push("the broker did not stop") : undefined));
      stopped.started
        .then((broker) => broker.stop({ drainMs: 5 }))
        .finally(() => {
          hang.cancel();
          if (life === stopped) ends.push({ atMs: time.nowMs(), how: "stop" });
          again(stopped, "process");
        })
        .catch((error: unknown) => tell?.(`stop failed: ${sayError(error)}`));
    },
    calm() {
      calm = true;
      Object.assign(disk.faults, { writeErrors: 0, readErrors: 0, capacityBytes: Number.MAX_SAFE_INTEGER });
    },
    isCalm: () => calm,
    stop: () => end("process"),
    client(name) {
      const client = reconnecting(network, PORT, name, time);
      return sabotage.client?.(client) ?? client;
    },
    ends,
    fatal,
  };
}

/** Messages take their time, and arrive in order. */
function slowNetwork(time: VirtualTime, random: SeededRandom): MemoryNetwork {
  let deliveredMs = 0;
  return memoryNetwork((action) => {
    deliveredMs = Math.max(deliveredMs, time.nowMs() + random.float() * 0.1);
    time.after(deliveredMs - time.nowMs(), action);
  });
}

export const sayError = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));
