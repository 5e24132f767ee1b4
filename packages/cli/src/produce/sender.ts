// Hands records to a producer and hears what becomes of them, without a promise for each: those cost more than the sending.
import { type Client, ClientError, type Producer, type ProducerRecord } from "@moldau/client";

export interface Sender {
  /** Records taken so far: the producer has sent all but what its buffer holds. */
  readonly taken: number;
  readonly takenBytes: number;
  /** Why one was not sent, as far as is known. */
  readonly failure: ClientError | undefined;
  /** Resolves when there is room for more; undefined when there is. */
  send(record: ProducerRecord): Promise<void> | undefined;
  /** Resolves when the fate of all is known. */
  drained(): Promise<void>;
}

/** One record in so many is asked after: enough to stop soon when nothing gets through any more. */
const ASK_EVERY = 1_000;

export function senderOver(producer: Producer): Sender {
  let taken = 0;
  let takenBytes = 0;
  let failure: ClientError | undefined;

  const failed = (error: unknown) => {
    failure ??= error instanceof ClientError ? error : new ClientError("UNKNOWN_SERVER_ERROR", String(error), { cause: error });
  };
  const took = ({ key, value }: ProducerRecord) => {
    taken++;
    takenBytes += (key?.length ?? 0) + (value?.length ?? 0);
  };
  const wait = async (record: ProducerRecord): Promise<void> => {
    do await producer.room();
    while (!producer.enqueue(record));
    took(record);
  };
  return {
    get taken() {
      return taken;
    },
    get takenBytes() {
      return takenBytes;
    },
    get failure() {
      return failure;
    },
    send(record) {
      if (taken % ASK_EVERY === 0) producer.send(record).catch(failed);
      else if (!producer.enqueue(record)) return wait(record);
      took(record);
      return undefined;
    },
    drained: () => producer.flush().catch(failed),
  };
}

/** Which topic there is is known before the first record is read. Rejects with ClientError. */
export async function topicIsThere({ cluster }: Client, topic: string): Promise<void> {
  await cluster.metadata.topic(topic, { mayCreate: true });
}
