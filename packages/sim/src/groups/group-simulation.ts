// A group under virtual time: members come, go, crash, lose their connections; the broker is killed again and again. Checked: no
// partition has two owners, committed offsets never go back, and once things are quiet every partition has an owner within a bound.
import { CreatePartitions } from "@moldau/protocol";
import { createTopic } from "../clients/topic.js";
import { inWorld, type Play, type SimulationOptions, type SimulationResult, type Stage } from "../world/in-world.js";
import { unrest } from "../world/unrest.js";
import { classicMember } from "./classic-member.js";
import { consumerMember } from "./consumer-member.js";
import { type GroupShape, groupShapeOf, type Protocols } from "./group-shape.js";
import { type Ledger, ledger } from "./ledger.js";
import type { MemberOptions } from "./member.js";

const GROUP = "orders-readers";
const TOPIC = "orders";
/** In peace, how many sessions it may take until every partition has an owner. */
const SETTLED_SESSIONS = 12;
const CREATE_PARTITIONS_VERSION = 3;

export interface GroupSimulationOptions extends SimulationOptions {
  readonly protocols?: readonly Protocols[];
}

export function simulateGroups(
  seed: number,
  { protocols = ["classic", "consumer", "mixed"], ...options }: GroupSimulationOptions = {},
): Promise<SimulationResult> {
  return inWorld(seed, options, (random) => {
    const shape = groupShapeOf(random, protocols);
    const { world, properties } = shape;
    return { shape: world, properties, told: { ...shape, properties: [...properties] }, play: (stage) => play(stage, shape) };
  });
}

function play(stage: Stage, shape: GroupShape): Play {
  const { world, random, fault } = stage;
  const { time } = world;
  const book = ledger(time, shape.sessionMs);
  const failed = () => stage.failed() || book.faults.length > 0;
  const members = population({ ...stage, random: random.fork() }, shape, book);
  return {
    acknowledged: members.lives,
    async run() {
      members.arrive();
      await unrest(world, shape.world, random.fork(), failed);
      world.calm();
      const limitMs = SETTLED_SESSIONS * shape.sessionMs;
      if (!(await time.run(() => members.areSettled() || failed(), limitMs)))
        fault(`in peace, not every partition had an owner after ${limitMs} ms: ${book.text()}`);
      members.goHome();
      if (!(await time.run(() => stage.allWentHome() || failed(), limitMs))) fault(`members are stuck: ${book.text()}`);
      for (const sentence of book.faults) fault(sentence);
    },
  };
}

interface Members {
  arrive(): void;
  areSettled(): boolean;
  goHome(): void;
  /** How many lives there were. */
  lives(): number;
}

function population({ world, random, guard }: Stage, shape: GroupShape, book: Ledger): Members {
  const { time } = world;
  let partitionCount = shape.partitions;
  let topicId = "";
  let lives = 0;
  let home = false;

  const protocolOf = (): "classic" | "consumer" => (shape.protocols === "mixed" ? random.pick(["classic", "consumer"]) : shape.protocols);

  /** One place in the group: a member after another, each with an end of its own. */
  const place = async (index: number) => {
    while (!home) {
      const endMs = time.nowMs() + random.float() * 2 * shape.lifeMs;
      const how = random.pick(["leave", "crash"] as const);
      const options: MemberOptions = {
        name: `member-${++lives}`,
        groupId: GROUP,
        topic: TOPIC,
        topicId,
        partitionCount: () => partitionCount,
        instanceId: shape.staticMembers ? `place-${index}` : null,
        client: world.client(`member-${lives}`),
        random: random.fork(),
        ledger: book,
        sessionMs: shape.sessionMs,
        rebalanceMs: shape.rebalanceMs,
        heartbeatMs: shape.heartbeatMs,
        end: () => (home ? "leave" : !world.isCalm() && time.nowMs() >= endMs ? how : undefined),
      };
      await (protocolOf() === "classic" ? classicMember : consumerMember)(options);
      options.client.hangUp();
      if (!home) await time.pause(random.int(0, shape.sessionMs));
    }
  };
  const grow = async () => {
    while (!world.isCalm()) {
      await time.pause(random.int(1, shape.runMs));
      const count = partitionCount + 1;
      await world.client("admin").insist(CreatePartitions, CREATE_PARTITIONS_VERSION, {
        topics: [{ name: TOPIC, count, assignments: null }],
        timeoutMs: 1_000,
        validateOnly: false,
      });
      // Whether it was done or an earlier one was: there are so many, or it is tried again.
      partitionCount = count;
    }
  };
  const begin = async () => {
    ({ id: topicId } = await createTopic(world.client("admin"), TOPIC, shape.partitions));
    for (let index = 0; index < shape.members; index++) guard(place(index));
    if (shape.growsTopic && shape.protocols === "consumer") guard(grow());
  };
  return {
    arrive: () => guard(begin()),
    areSettled: () => topicId !== "" && book.isSettled(partitionCount),
    goHome() {
      home = true;
    },
    lives: () => lives,
  };
}
