// Transactions under virtual time: tellers move amounts between accounts, links of a chain write a receipt for each record, readers of
// what is committed read all the while. Clients crash, hang, come back as zombies; the broker is killed again and again.
import { logPopulation } from "../clients/log-population.js";
import { createTopic, type SimTopic } from "../clients/topic.js";
import { verdict } from "../verdict.js";
import { inWorld, type Play, type SimulationOptions, type SimulationResult, type Stage } from "../world/in-world.js";
import { retentionProperties } from "../world/shape.js";
import { unrest } from "../world/unrest.js";
import { sayError } from "../world/world.js";
import { type Balances, balances } from "./balances.js";
import { book as newBook } from "./book.js";
import { link, type Progress } from "./chain.js";
import { judgeBank, noneIsOpen } from "./final-judgement.js";
import { type Speaks, transactionalProducer } from "./producer.js";
import { type Life, occupy } from "./seat.js";
import { tell } from "./teller.js";
import { type TransactionShape, transactionShapeOf } from "./transaction-shape.js";
import { type WatcherKind, watch, watchBalances } from "./watcher.js";

/** What peace may take besides the time-out of transactions: retries with back-off, replays. */
const PEACE_MS = 60_000;
/** The same for transactions that nobody looks after any more. */
const COMPLETION_MS = 8_000;

export function simulateTransactions(seed: number, options: SimulationOptions = {}): Promise<SimulationResult> {
  return inWorld(seed, options, (random) => {
    const shape = transactionShapeOf(random);
    const properties = new Map([...shape.properties, ...retentionProperties(shape.world), ...(options.sabotage?.properties ?? [])]);
    return { shape: shape.world, properties, told: { ...shape, properties: [...properties] }, play: (stage) => play(stage, shape) };
  });
}

function play(stage: Stage, shape: TransactionShape): Play {
  const { world, random, failed, fault, allWentHome } = stage;
  const { time } = world;
  const people = population({ ...stage, random: random.fork() }, shape);
  const neighbours = logPopulation({ ...stage, random: random.fork() }, shape.world);

  const inPeace = async (what: string, doings: Promise<unknown>, limitMs: number) => {
    let done = false;
    doings
      .catch((error: unknown) => fault(sayError(error)))
      .finally(() => {
        done = true;
      });
    if (!(await time.run(() => done || failed(), limitMs))) fault(`in peace, ${what} takes more than ${limitMs} ms: something is stuck`);
  };
  const judge = () => inPeace("to read everything", judgeBank(world.client("judge"), people, random.fork()), PEACE_MS);

  return {
    acknowledged: people.committed,
    async run() {
      people.arrive();
      if (shape.retains) neighbours.arrive();
      await unrest(world, shape.world, random.fork(), failed);
      world.calm();
      if (!(await time.run(() => people.nobodyWrites() || failed(), PEACE_MS + shape.timeoutMs))) fault("in peace, clients are stuck");
      if (failed()) return;
      const limitMs = shape.timeoutMs + COMPLETION_MS;
      await inPeace("what is open", noneIsOpen(world.client("judge"), limitMs), limitMs + PEACE_MS);
      people.goHome();
      if (!(await time.run(() => allWentHome() || failed(), PEACE_MS))) fault("in peace, readers are stuck");
      if (!failed() && random.chance(0.5)) await judge();
      if (failed()) return;
      for (const sentence of await verdict(world, neighbours.topics, random.fork(), PEACE_MS)) fault(sentence);
      if (!failed()) await judge();
    },
  };
}

function population({ world, random, guard, failed }: Stage, shape: TransactionShape) {
  const { time } = world;
  const book = newBook();
  const accounts: SimTopic[] = [];
  const progress: Progress[] = [];
  let receipts: SimTopic | undefined;
  let kept: Balances | undefined;
  let begun = false;
  let home = false;
  const [tellers, links] = [{ out: 0 }, { out: 0 }];
  const { timeoutMs, lifeMs, commitShare } = shape;
  const { maxPauseMs } = shape.world;
  const pause = () => time.pause(random.int(0, maxPauseMs));

  const oneOf = (kind: { out: number }) => (doings: Promise<unknown>) => {
    kind.out++;
    guard(doings.finally(() => kind.out--));
  };
  const producerOf = (transactionalId: string, speaks: Speaks, life: Life) => {
    const client = world.client(`${transactionalId}/${life.number}`);
    const lateClient = world.client(`${transactionalId}/${life.number} late`);
    return {
      client,
      producer: transactionalProducer({ client, lateClient, random: random.fork(), transactionalId, speaks, timeoutMs, life, book }),
    };
  };
  const seat = { time, lifeMs, timeoutMs, isCalm: world.isCalm, failed };
  const seatTeller = (name: string) => {
    const speaks = random.pick(shape.speaks);
    const work = (life: Life) => {
      const { producer } = producerOf(name, speaks, life);
      return tell({
        name,
        random: random.fork(),
        topics: accounts,
        balances: kept,
        book,
        producer,
        life,
        commitShare,
        pause,
        closed: world.isCalm,
      });
    };
    oneOf(tellers)(occupy({ ...seat, guard: oneOf(tellers), random: random.fork(), work, endures: false }));
  };
  const seatLink = (from: SimTopic, partition: number, to: SimTopic) => {
    const name = `link-${partition}`;
    const speaks = random.pick(shape.speaks);
    const known: Progress = { committed: 0 };
    progress[partition] = known;
    const closed = () => world.isCalm() && tellers.out === 0;
    const work = (life: Life) => {
      const { producer, client } = producerOf(name, speaks, life);
      return link({ name, client, random: random.fork(), from, partition, to, book, progress: known, producer, life, pause, closed });
    };
    oneOf(links)(occupy({ ...seat, guard: oneOf(links), random: random.fork(), work, endures: true }));
  };
  const begin = async () => {
    for (let i = 0; i < shape.topics; i++) accounts.push(await createTopic(world.client("admin"), `accounts${i}`, shape.partitions));
    if (shape.chains) receipts = await createTopic(world.client("admin"), "receipts", random.int(1, 2));
    if (shape.compacts) kept = balances(await createTopic(world.client("admin"), "balances", random.int(1, 2), compaction(shape)), book);
    const [first] = accounts;
    for (let i = 0; i < shape.tellers; i++) seatTeller(`teller-${i}`);
    for (const topic of receipts ? [...accounts, receipts] : accounts) {
      for (const partition of topic.books.keys()) {
        for (const kind of ["steady", "leaping", "all"] satisfies WatcherKind[]) {
          const options = {
            client: world.client(kind),
            random: random.fork(),
            topic,
            partition,
            book,
            maxPauseMs: 4 * maxPauseMs,
            over: () => home,
          };
          guard(watch(options, kind));
        }
      }
    }
    for (const partition of kept?.topic.books.keys() ?? []) {
      if (!kept) continue;
      const options = { client: world.client("reader"), random: random.fork(), topic: kept.topic, partition, book };
      guard(watchBalances({ ...options, maxPauseMs: 4 * maxPauseMs, over: () => home }, kept));
    }
    for (const partition of receipts && first ? first.books.keys() : []) if (first && receipts) seatLink(first, partition, receipts);
    begun = true;
  };
  return {
    book,
    accounts,
    progress,
    get balances() {
      return kept;
    },
    get receipts() {
      return receipts;
    },
    arrive: () => guard(begin()),
    nobodyWrites: () => begun && tellers.out + links.out === 0,
    goHome() {
      home = true;
    },
    committed: () => [...book.transactions.values()].filter(({ fate }) => fate === "committed").length,
  };
}

const compaction = ({ deleteRetentionMs }: TransactionShape): ReadonlyMap<string, string> =>
  new Map([
    ["cleanup.policy", "compact"],
    ["delete.retention.ms", String(deleteRetentionMs)],
  ]);
