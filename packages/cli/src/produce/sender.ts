// Sends records and keeps count of what has become of them; as many are under way as memory allows.
import { type Client, ClientError, type Producer, type ProducerRecord } from "@moldau/client";

export interface Sender {
  readonly sent: number;
  readonly failed: number;
  readonly sentBytes: number;
  /** Why the first one was not sent. */
  readonly failure: ClientError | undefined;
  /** Resolves when there is room for more. */
  send(record: ProducerRecord): Promise<void> | undefined;
  /** Resolves when the fate of all is known. */
  drained(): Promise<void>;
}

/** Records under way cost memory beyond their bytes. */
const RECORDS_MAX = 100_000;
const BYTES_MAX = 48 * 1024 * 1024;

export function senderOver(producer: Producer): Sender {
  let sent = 0;
  let failed = 0;
  let sentBytes = 0;
  let records = 0;
  let bytes = 0;
  let failure: ClientError | undefined;
  let wake: (() => void) | undefined;
  /** Below as much, whoever waits goes on. */
  let wakeAt = { records: 0, bytes: 0 };
  const isFull = () => records >= RECORDS_MAX || bytes >= BYTES_MAX;

  const settled = (size: number) => {
    records--;
    bytes -= size;
    if (records <= wakeAt.records && bytes <= wakeAt.bytes) wake?.();
  };
  const waitFor = (limit: typeof wakeAt): Promise<void> => {
    wakeAt = limit;
    return new Promise((resolve) => {
      wake = resolve;
    });
  };
  return {
    get sent() {
      return sent;
    },
    get failed() {
      return failed;
    },
    get sentBytes() {
      return sentBytes;
    },
    get failure() {
      return failure;
    },
    send(record) {
      const size = sizeOf(record.key) + sizeOf(record.value);
      records++;
      bytes += size;
      producer.send(record).then(
        () => {
          sent++;
          sentBytes += size;
          settled(size);
        },
        (error: unknown) => {
          failed++;
          failure ??= error instanceof ClientError ? error : new ClientError("UNKNOWN_SERVER_ERROR", String(error), { cause: error });
          settled(size);
        },
      );
      return isFull() ? waitFor({ records: RECORDS_MAX / 2, bytes: BYTES_MAX / 2 }) : undefined;
    },
    async drained() {
      const all = records > 0 ? waitFor({ records: 0, bytes: 0 }) : undefined;
      await producer.flush();
      await all;
    },
  };
}

const sizeOf = (data: string | Uint8Array | null | undefined): number => data?.length ?? 0;

/** Which topic there is is known before the first record is read. Rejects with ClientError. */
export async function topicIsThere({ cluster }: Client, topic: string): Promise<void> {
  await cluster.metadata.topic(topic, { mayCreate: true });
}
