// send, sendAll, enqueue: promises for records, no more of them than asked for.
import type { Delivery, ProducerRecord } from "./options.js";
import type { Pipeline } from "./pipeline.js";
import type { Sending, SendOptions } from "./producer.js";
import type { PreparedRecord } from "./record.js";

export function sendingOver<Key, Value>(
  pipeline: Pipeline,
  prepare: (record: ProducerRecord<Key, Value>) => PreparedRecord,
): Sending<Key, Value> {
  const send = (record: ProducerRecord<Key, Value>, signal: AbortSignal | undefined): Promise<Delivery> =>
    new Promise((delivered, failed) => {
      if (!signal) return pipeline.give(prepare(record), delivered, failed);
      signal.throwIfAborted();
      const aborted = () => failed(signal.reason);
      const heard = () => signal.removeEventListener("abort", aborted);
      signal.addEventListener("abort", aborted, { once: true });
      const done = (delivery: Delivery) => {
        heard();
        delivered(delivery);
      };
      const lost = (error: unknown) => {
        heard();
        failed(error);
      };
      pipeline.give(prepare(record), done, lost, signal);
    });
  return {
    send: (record, options) => send(record, options?.signal),
    sendAll: async (records, options) => sendAll(pipeline, Array.from(records, prepare), options),
    enqueue(record) {
      if (!pipeline.hasRoom) return false;
      pipeline.give(prepare(record), undefined, pipeline.unattended);
      return true;
    },
    room: pipeline.room,
    flush: pipeline.flush,
  };
}

function sendAll(pipeline: Pipeline, records: readonly PreparedRecord[], { signal }: SendOptions = {}): Promise<readonly Delivery[]> {
  return new Promise((resolve, reject) => {
    const deliveries: Delivery[] = new Array(records.length);
    let left = records.length;
    let failure: { readonly error: unknown } | undefined;
    const aborted = () => reject(signal?.reason);
    const settled = () => {
      if (--left > 0) return;
      signal?.removeEventListener("abort", aborted);
      if (failure) reject(failure.error);
      else resolve(deliveries);
    };
    if (left === 0) return resolve(deliveries);
    signal?.throwIfAborted();
    signal?.addEventListener("abort", aborted, { once: true });
    const failed = (error: unknown) => {
      failure ??= { error };
      settled();
    };
    records.forEach((record, index) => {
      const delivered = (delivery: Delivery) => {
        deliveries[index] = delivery;
        settled();
      };
      pipeline.give(record, delivered, failed, signal);
    });
  });
}
