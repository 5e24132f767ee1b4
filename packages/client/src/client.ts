// A client of one cluster: producers and consumers hang off it and share what it knows of brokers and topics.
import { type Admin, adminOf } from "./admin/admin.js";
import { type Cluster, clusterOf } from "./cluster/cluster.js";
import { type Consumer, consumerOf } from "./consumer/consumer.js";
import type { ConsumerOptions } from "./consumer/options.js";
import type { ClientOptions } from "./options.js";
import type { Bytes, ProducerOptions } from "./producer/options.js";
import { type Producer, producerOf } from "./producer/producer.js";

export interface Client {
  readonly cluster: Cluster;
  /** A producer; nothing is connected before it is used. Throws ClientError INVALID_ARGUMENT. */
  producer<Key = Bytes, Value = Bytes>(options?: ProducerOptions<Key, Value>): Producer<Key, Value>;
  /** Asks about the cluster and changes it. */
  admin(): Admin;
  /** A consumer; nothing is connected before a loop over it begins. Throws ClientError INVALID_ARGUMENT. */
  consumer<Key = Uint8Array | null, Value = Uint8Array | null>(options: ConsumerOptions<Key, Value>): Consumer<Key, Value>;
  /** Closes what was made from the client, as its own `close` does, then the connections. Idempotent. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Something made from a client, which is closed with it at the latest. */
interface Closable {
  close(): Promise<void>;
}

/** Throws ClientError INVALID_ARGUMENT. */
export function createClient(options: ClientOptions): Client {
  const cluster = clusterOf(options);
  const made = new Set<Closable>();
  let closing: Promise<void> | undefined;

  const keep = <One extends Closable>(one: One): One => {
    made.add(one);
    return one;
  };
  const close = async () => {
    await Promise.allSettled([...made].map((one) => one.close()));
    cluster.close();
  };
  return {
    cluster,
    producer: (producerOptions) => keep(producerOf(cluster, producerOptions, (closed) => made.delete(closed))),
    admin: () => adminOf(cluster),
    consumer: (consumerOptions) => keep(consumerOf(cluster, consumerOptions, (closed) => made.delete(closed))),
    close: () => (closing ??= close()),
    [Symbol.asyncDispose]: () => (closing ??= close()),
  };
}
