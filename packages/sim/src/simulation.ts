// A simulation: a world from a seed. One broker on a disk that loses power, producers, readers, and whoever deletes records and
// topics. It runs for some virtual moments with kills and faults, then in peace until every producer has its acknowledgements; then
// the logs are judged.
import { produce } from "./clients/producer.js";
import { keepReading } from "./clients/reader.js";
import { createTopic, deleteTopic, type SimTopic } from "./clients/topic.js";
import { keepTrimming } from "./clients/trimmer.js";
import { NO_SABOTAGE, type Sabotage } from "./sabotage/sabotage.js";
import { type SeededRandom, seededRandom } from "./time/seeded-random.js";
import { virtualTime } from "./time/virtual-time.js";
import { hearUnhandled } from "./unhandled.js";
import { verdict } from "./verdict.js";
import { type Shape, type ShapeKind, shapes } from "./world/shape.js";
import { unrest } from "./world/unrest.js";
import { openWorld, sayError, type World } from "./world/world.js";

export interface SimulationOptions {
  readonly sabotage?: Sabotage;
  /** Default: any. */
  readonly shape?: ShapeKind;
  /** Log lines of the broker, with the virtual time. */
  readonly tell?: (line: string) => void;
}

export interface SimulationResult {
  readonly seed: number;
  /** What is wrong, in sentences. */
  readonly faults: readonly string[];
  readonly kills: number;
  /** Batches. */
  readonly acknowledged: number;
  readonly virtualMs: number;
  /** Of all that happened: the same seed gives the same. */
  readonly digest: string;
}

/** What peace may take: retries with back-off, a replay, a consolidation that was refused. */
const PEACE_MS = 60_000;
/** So often that logs are cut while rounds run and brokers die. */
const RETENTION_CHECK_MS = "3";

export async function simulate(
  seed: number,
  { sabotage = NO_SABOTAGE, shape: kind = "any", tell }: SimulationOptions = {},
): Promise<SimulationResult> {
  const random = seededRandom(seed);
  const time = virtualTime();
  const shape = shapes[kind](random.fork());
  tell?.(JSON.stringify(shape));
  const properties = new Map(shape.keepsBytes === undefined ? [] : [["log.retention.check.interval.ms", RETENTION_CHECK_MS]]);
  const world = openWorld({ time, random: random.fork(), shape, properties, sabotage, tell });
  const faults: string[] = [];
  const failed = () => faults.length > 0 || world.fatal.length > 0;
  const people = population(world, shape, random.fork(), (error) => faults.push(sayError(error)));

  const run = async () => {
    world.start();
    people.arrive();
    await unrest(world, shape, random.fork(), failed);
    world.calm();
    if (!(await time.run(() => people.allWentHome() || failed(), PEACE_MS))) {
      faults.push(`in peace, not all was acknowledged within ${PEACE_MS} ms: something is stuck`);
    }
    if (!failed()) faults.push(...(await verdict(world, people.topics, random.fork(), PEACE_MS)));
  };
  const stopHearing = hearUnhandled((reason) => faults.push(`an invariant broke: ${sayError(reason)}`));
  try {
    await run();
  } catch (error) {
    faults.push(sayError(error));
  } finally {
    world.stop();
    stopHearing();
  }
  return {
    seed,
    faults: [...world.fatal, ...faults],
    kills: world.ends.filter(({ how }) => how === "kill").length,
    acknowledged: people.topics.flatMap(({ books }) => books.map(({ promises }) => promises.length)).reduce((a, b) => a + b, 0),
    virtualMs: time.nowMs(),
    digest: time.digest(),
  };
}

interface Population {
  readonly topics: readonly SimTopic[];
  arrive(): void;
  allWentHome(): boolean;
}

function population(world: World, shape: Shape, random: SeededRandom, failed: (error: unknown) => void): Population {
  const topics: SimTopic[] = [];
  const producerIds = new Set<number>();
  let producers = 0;
  let out = 0;
  const { maxPauseMs, maxRecords, maxPaddingBytes } = shape;
  const over = () => world.isCalm();

  const guard = (work: Promise<unknown>) => {
    out++;
    work.catch(failed).finally(() => out--);
  };
  const identified = (producerId: number) => {
    if (producerIds.has(producerId)) failed(`producer id ${producerId} was given twice`);
    producerIds.add(producerId);
  };
  const nextProducer = () => ++producers;

  /** Creates a topic, and lets producers and readers have it. */
  const inhabit = async (name: string, partitions: number, producerCount: number): Promise<SimTopic> => {
    const topic = await createTopic(world.client("admin"), name, partitions, shape.keepsBytes);
    topics.push(topic);
    for (let i = 0; i < producerCount; i++) {
      const first = i % partitions;
      guard(
        produce({
          client: world.client(`producer-${i}`),
          random: random.fork(),
          topic,
          partitions: random.chance(0.3) && partitions > 1 ? [first, (first + 1) % partitions] : [first],
          idempotent: random.chance(0.7),
          maxRecords,
          maxPaddingBytes,
          maxPauseMs,
          nextProducer,
          identified,
          finishing: over,
        }),
      );
    }
    for (let partition = 0; partition < partitions; partition++) {
      guard(keepReading({ client: world.client("reader"), random: random.fork(), topic, partition, maxPauseMs: 2 * maxPauseMs, over }));
    }
    return topic;
  };
  /** A topic that comes and goes. */
  const churn = async () => {
    while (!over()) {
      const topic = await inhabit("passing", random.int(1, 2), 1);
      await world.time.pause(random.int(1, shape.maxCalmMs));
      await deleteTopic(world.client("admin"), topic);
    }
  };
  const settle = async () => {
    const topic = await inhabit("lasting", shape.partitions, shape.producers);
    const trimmer = { client: world.client("trimmer"), random: random.fork(), topic, maxPauseMs: Math.ceil(shape.maxCalmMs / 2), over };
    if (shape.trims) guard(keepTrimming(trimmer));
  };
  return {
    topics,
    arrive() {
      guard(settle());
      if (shape.churns) guard(churn());
    },
    allWentHome: () => out === 0,
  };
}
