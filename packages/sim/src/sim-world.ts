// A world from a seed: one broker on a disk that loses power, producers, readers, and whoever deletes records. It runs for some virtual
// seconds with kills and faults, then in peace until every producer has its acknowledgements; then the log is judged.
import { memoryNetwork } from "@moldau/env";
import { CreateTopics, DeleteRecords, errorByCode } from "@moldau/protocol";
import { memoryCatalog } from "@moldau/storage";
import { type BrokerLife, beginLife } from "./broker-life.js";
import { type Ledger, ledger } from "./ledger.js";
import { mortalCatalog } from "./mortal-catalog.js";
import { type Reconnecting, reconnecting } from "./reconnecting.js";
import { type SeededRandom, seededRandom } from "./seeded-random.js";
import { type SimDisk, simDisk } from "./sim-disk.js";
import { type SimProducer, simProducer } from "./sim-producer.js";
import { fetchOnce, offsetOf, readAll } from "./sim-reader.js";
import { type VirtualTime, virtualTime } from "./virtual-time.js";

export interface SimulationOptions {
  /** An invariant broken on purpose, to see that it is noticed. */
  readonly sabotage?: "lying-sync";
  /** Log lines of the broker, with the virtual time. */
  readonly tell?: (line: string) => void;
}

export interface SimulationResult {
  readonly seed: number;
  /** What is wrong, in sentences. */
  readonly faults: readonly string[];
  readonly kills: number;
  readonly acknowledged: number;
  readonly virtualMs: number;
}

const PORT = 9092;
const TOPIC = "t";
const KIB = 1024;
const RUN_MS = { min: 300, max: 1_500 };
/** What peace may take: retries with back-off, a replay, a consolidation that was refused. */
const PEACE_MS = 60_000;
/** So small that a second of load goes round the journal several times. */
const LIMITS = {
  consolidateBytes: 64 * KIB,
  consolidateBatches: 500,
  roundBytes: 32 * KIB,
  roundBatches: 300,
  roundLoadedBytes: 32 * KIB,
  ownSegmentBytes: 8 * KIB,
  sharedSegmentBytes: 64 * KIB,
  tailBatches: 2_000,
  patienceMs: 500,
  segmentCacheBytes: 256 * KIB,
  readBufferBytes: 64 * KIB,
  journalFileBytes: 128 * KIB,
  journalFiles: 4,
  slabBytes: 32 * KIB,
  slabs: 8,
};

export async function simulate(seed: number, { sabotage, tell }: SimulationOptions = {}): Promise<SimulationResult> {
  const random = seededRandom(seed);
  const time = virtualTime();
  const disk = simDisk(time, random.fork(), {
    writeErrors: 0,
    capacityBytes: Number.MAX_SAFE_INTEGER,
    direct: random.chance(0.7),
    lyingSync: sabotage === "lying-sync",
  });
  const world = openWorld(time, random, disk, tell);
  const book = ledger();
  const partitions = random.int(1, 3);
  const faults: string[] = [];
  const guard = (work: Promise<unknown>) => void work.catch((error: unknown) => void faults.push(describe(error)));

  world.start();
  const admin = world.client("admin");
  guard(createTopic(admin, partitions));
  const producers = Array.from({ length: random.int(1, 4) }, (_, producer) =>
    simProducer(world.client(`producer-${producer}`), book, random.fork(), {
      producer,
      partition: producer % partitions,
      topic: TOPIC,
      idempotent: random.chance(0.7),
    }),
  );
  for (const producer of producers) guard(producer.done);
  for (let partition = 0; partition < partitions; partition++)
    guard(keepReading(world.client("reader"), book, partition, random.fork(), () => world.peaceful()));
  if (random.chance(0.3)) guard(keepTrimming(world.client("trimmer"), book, partitions, random.fork(), () => world.peaceful()));

  await unrest(world, random, time, disk, faults);
  const settled = await peace(world, time, producers, faults);
  if (!settled) faults.push("producers were not acknowledged in peace: something is stuck");
  if (faults.length === 0) faults.push(...(await verdict(world.client("judge"), time, book, partitions, faults)));
  world.stop();
  return {
    seed,
    faults: faults.concat(world.fatal),
    kills: world.kills(),
    acknowledged: book.acknowledgedCount(),
    virtualMs: time.nowMs(),
  };
}

interface World {
  start(): void;
  kill(): void;
  /** No more kills and faults. */
  calm(): void;
  peaceful(): boolean;
  stop(): void;
  client(name: string): Reconnecting;
  kills(): number;
  readonly fatal: string[];
}

function openWorld(time: VirtualTime, random: SeededRandom, disk: SimDisk, tell?: (line: string) => void): World {
  let deliveredMs = 0;
  const latency = random.fork();
  const network = memoryNetwork((action) => {
    deliveredMs = Math.max(deliveredMs, time.nowMs() + latency.float() * 0.1);
    time.after(deliveredMs - time.nowMs(), action);
  });
  const catalog = memoryCatalog();
  const fatal: string[] = [];
  let life: BrokerLife | undefined;
  let catalogLife: { end(): void } | undefined;
  let kills = 0;
  let peaceful = false;

  const start = () => {
    const mortal = mortalCatalog(catalog, time, random.fork());
    catalogLife = mortal;
    const begun = beginLife({
      time,
      random: random.fork(),
      disk: disk.boot(),
      network,
      openCatalog: async () => mortal.catalog,
      port: PORT,
      properties: new Map(),
      limits: LIMITS,
      tell(level, message, fields) {
        tell?.(`${time.nowMs().toFixed(2)} ms ${level} ${message} ${JSON.stringify(fields)}`);
        if (level === "fatal") fatal.push(`an invariant broke: ${message}`);
      },
    });
    life = begun;
    begun.started.catch((error: unknown) => {
      if (life !== begun) return;
      // A disk that fails while starting is a reason to start again, damage is not.
      if (error instanceof Error && error.name === "CorruptionError") fatal.push(error.message);
      else if (peaceful && time.nowMs() > 0) fatal.push(`the broker could not start: ${describe(error)}`);
      else time.after(20, () => life === begun && start());
    });
  };
  const end = () => {
    life?.kill();
    catalogLife?.end();
    life = undefined;
  };
  return {
    start,
    kill() {
      if (!life) return;
      kills++;
      end();
      disk.crash();
      time.after(random.int(1, 30), start);
    },
    calm() {
      peaceful = true;
      disk.faults.writeErrors = 0;
      disk.faults.capacityBytes = Number.MAX_SAFE_INTEGER;
    },
    peaceful: () => peaceful,
    stop: end,
    client: (name) => reconnecting(network, PORT, name, time),
    kills: () => kills,
    fatal,
  };
}

async function createTopic(admin: Reconnecting, numPartitions: number): Promise<void> {
  for (;;) {
    const { topics } = await admin.insist(CreateTopics, 5, {
      topics: [{ name: TOPIC, numPartitions, replicationFactor: 1, assignments: [], configs: [] }],
      timeoutMs: 1_000,
      validateOnly: false,
    });
    const { name } = errorByCode(topics[0]?.errorCode ?? 0);
    if (name === "NONE" || name === "TOPIC_ALREADY_EXISTS") return;
    await admin.pause(10);
  }
}

async function keepReading(
  client: Reconnecting,
  book: Ledger,
  partition: number,
  random: SeededRandom,
  over: () => boolean,
): Promise<void> {
  let offset = 0;
  while (!over()) {
    try {
      const found = await fetchOnce(client, TOPIC, partition, offset, random.int(100, 20_000));
      if (found === "gone") offset = await offsetOf(client, TOPIC, partition, "earliest");
      if (typeof found !== "string") {
        book.saw(partition, found);
        offset = (found.at(-1)?.offset ?? offset - 1) + 1;
      }
      // Now and then from the beginning: old records come from segments.
      if (random.chance(0.02)) offset = 0;
      if (typeof found === "string" || found.length === 0) await client.pause(5);
    } catch (error) {
      if (!client.isLoss(error)) throw error;
      await client.pause(10);
    }
  }
}

async function keepTrimming(
  client: Reconnecting,
  book: Ledger,
  partitions: number,
  random: SeededRandom,
  over: () => boolean,
): Promise<void> {
  while (!over()) {
    await client.pause(random.int(50, 300));
    const partition = random.int(0, partitions - 1);
    const offset = random.int(0, await offsetOf(client, TOPIC, partition, "latest"));
    book.trimRequested(partition, offset);
    const { topics } = await client.insist(DeleteRecords, 1, {
      topics: [{ name: TOPIC, partitions: [{ partitionIndex: partition, offset }] }],
      timeoutMs: 1_000,
    });
    const answer = topics[0]?.partitions[0];
    if (answer?.errorCode === 0) book.trimmed(partition, answer.lowWatermark);
  }
}

async function unrest(world: World, random: SeededRandom, time: VirtualTime, disk: SimDisk, faults: readonly string[]): Promise<void> {
  const failed = () => faults.length > 0 || world.fatal.length > 0;
  const endMs = random.int(RUN_MS.min, RUN_MS.max);
  const killProbability = random.pick([0.2, 0.5, 0.9]);
  disk.faults.writeErrors = random.pick([0, 0, 0, 0.01]);
  while (time.nowMs() < endMs && !failed()) {
    await time.run(failed, random.int(10, 300));
    if (random.chance(killProbability)) world.kill();
    if (random.chance(0.1)) disk.faults.capacityBytes = random.pick([300 * KIB, 700 * KIB, Number.MAX_SAFE_INTEGER]);
  }
  world.calm();
}

async function peace(world: World, time: VirtualTime, producers: readonly SimProducer[], faults: readonly string[]): Promise<boolean> {
  let done = false;
  for (const producer of producers) producer.finish();
  void Promise.allSettled(producers.map((producer) => producer.done)).then(() => {
    done = true;
  });
  return time.run(() => done || faults.length > 0 || world.fatal.length > 0, PEACE_MS);
}

async function verdict(
  client: Reconnecting,
  time: VirtualTime,
  book: Ledger,
  partitions: number,
  faults: string[],
): Promise<readonly string[]> {
  const found: string[] = [];
  let done = false;
  const judge = async () => {
    for (let partition = 0; partition < partitions; partition++) {
      const { logStartOffset, log } = await readAll(client, TOPIC, partition);
      found.push(...book.judge(partition, logStartOffset, log));
    }
  };
  void judge()
    .catch((error: unknown) => void found.push(describe(error)))
    .finally(() => {
      done = true;
    });
  if (!(await time.run(() => done || faults.length > 0, PEACE_MS))) found.push("the log could not be read in peace");
  return found;
}

const describe = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));
