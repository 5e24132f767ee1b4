// The producer as programs see it.
import type { Cluster } from "../cluster/cluster.js";
import { type Bytes, type Delivery, type ProducerOptions, type ProducerRecord, producerSettingsOf } from "./options.js";

export interface Producer<Key = Bytes, Value = Bytes> {
  /** Resolves when the record is acknowledged. Rejects with ClientError, which names topic and partition. */
  send(record: ProducerRecord<Key, Value>, options?: SendOptions): Promise<Delivery>;
  close(options?: { readonly timeoutMs?: number }): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface SendOptions {
  readonly signal?: AbortSignal | undefined;
}

export function producerOf<Key, Value>(
  _cluster: Cluster,
  options: ProducerOptions<Key, Value> = {},
  closed: (producer: Producer<Key, Value>) => unknown = () => {},
): Producer<Key, Value> {
  producerSettingsOf(options);
  const close = async () => {
    closed(producer);
  };
  const producer: Producer<Key, Value> = {
    send: async ({ topic }) => ({ topic, partition: 0, offset: -1, timestamp: -1 }),
    close,
    [Symbol.asyncDispose]: close,
  };
  return producer;
}
