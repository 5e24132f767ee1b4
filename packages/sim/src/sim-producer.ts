// A producer as careful clients are: a few batches in flight, each sent again until it is acknowledged.
import { errorByCode, InitProducerId, Produce } from "@moldau/protocol";
import { buildBatch } from "@moldau/records";
import type { Ledger, SentBatch } from "./ledger.js";
import { recordText } from "./ledger.js";
import type { Reconnecting } from "./reconnecting.js";
import type { SeededRandom } from "./seeded-random.js";

const PRODUCE_VERSION = 9;
const INIT_VERSION = 2;
const IN_FLIGHT = 4;
const MAX_RECORDS = 20;
const MAX_VALUE_PADDING = 400;

export interface SimProducer {
  /** Settles when, after `finish`, all that was sent is acknowledged. */
  readonly done: Promise<void>;
  finish(): void;
}

interface Batch {
  readonly sent: SentBatch;
  readonly bytes: Uint8Array;
}

interface ProducerIdentity {
  readonly producerId: number;
  readonly producerEpoch: number;
}

/** Sends until told to finish. Where `idempotent` is false a lost answer leaves open whether the batch is there; it is not sent again. */
export function simProducer(
  world: Reconnecting,
  book: Ledger,
  random: SeededRandom,
  { producer, partition, topic, idempotent }: { producer: number; partition: number; topic: string; idempotent: boolean },
): SimProducer {
  let finishing = false;
  let nextBatch = 0;
  let nextSequence = 0;

  const make = ({ producerId, producerEpoch }: ProducerIdentity): Batch => {
    const sent: SentBatch = { partition, producer, batch: nextBatch++, count: random.int(1, MAX_RECORDS), idempotent };
    const values = Array.from({ length: sent.count }, (_, place) => recordText(sent, place));
    const padding = " ".repeat(random.int(0, MAX_VALUE_PADDING));
    const bytes = buildBatch({
      records: values.map((value) => ({ key: null, value: Buffer.from(value + padding), timestamp: world.nowMs() })),
      ...(idempotent && { producerId, producerEpoch, baseSequence: nextSequence }),
      ...(random.chance(0.1) && { compression: "gzip" as const }),
    });
    nextSequence += sent.count;
    book.sent(sent);
    return { sent, bytes };
  };

  /** True when acknowledged; false when it is to be sent again, with all behind it. */
  const send = async ({ sent, bytes }: Batch): Promise<boolean> => {
    const { responses } = await world.request(Produce, PRODUCE_VERSION, {
      transactionalId: null,
      acks: -1,
      timeoutMs: 30_000,
      topicData: [{ name: topic, partitionData: [{ index: partition, records: bytes.slice() }] }],
    });
    const answer = responses[0]?.partitionResponses[0];
    if (!answer) throw new Error("a produce was answered without its partition");
    if (answer.errorCode === 0) {
      book.acknowledged(sent, answer.baseOffset);
      return true;
    }
    const { name, retriable } = errorByCode(answer.errorCode);
    if (retriable || name === "OUT_OF_ORDER_SEQUENCE_NUMBER") return false;
    throw new Error(`producer ${producer}: ${name}: ${answer.errorMessage}`);
  };

  const run = async () => {
    const { producerId, producerEpoch } = idempotent ? await identify(world) : { producerId: -1, producerEpoch: -1 };
    let unacknowledged: Batch[] = [];
    while (!finishing || unacknowledged.length > 0) {
      while (!finishing && unacknowledged.length < IN_FLIGHT) unacknowledged.push(make({ producerId, producerEpoch }));
      const outcomes = await Promise.allSettled(unacknowledged.map(send));
      const failure = outcomes.find((outcome) => outcome.status === "rejected" && !world.isLoss(outcome.reason));
      if (failure?.status === "rejected") throw failure.reason;
      const acknowledged = outcomes.map((outcome) => outcome.status === "fulfilled" && outcome.value);
      const unknown = outcomes.map((outcome) => outcome.status === "rejected");
      unacknowledged = unacknowledged.filter((_, i) => !acknowledged[i] && (idempotent || !unknown[i]));
      if (unacknowledged.length > 0 || unknown.includes(true)) await world.pause(random.int(5, 50));
      else await world.pause(random.int(0, 10));
    }
  };

  return {
    done: run(),
    finish() {
      finishing = true;
    },
  };
}

async function identify(world: Reconnecting): Promise<ProducerIdentity> {
  for (;;) {
    try {
      const { errorCode, producerId, producerEpoch } = await world.request(InitProducerId, INIT_VERSION, {
        transactionalId: null,
        transactionTimeoutMs: 0,
      });
      if (errorCode === 0) return { producerId, producerEpoch };
    } catch (error) {
      if (!world.isLoss(error)) throw error;
    }
    await world.pause(20);
  }
}
