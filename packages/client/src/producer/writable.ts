// A stream that sends what is written to it. Its buffer is the producer's: the writer feels when that is full.
import { Writable } from "node:stream";
import type { ProducerRecord } from "./options.js";
import type { Sending } from "./producer.js";

export function writableOver<Key, Value>(producer: Sending<Key, Value>, topic: string | undefined): Writable {
  const recordOf = (chunk: unknown) => (topic === undefined ? (chunk as ProducerRecord<Key, Value>) : { topic, value: chunk as Value });
  const send = async (record: ProducerRecord<Key, Value>) => {
    while (!producer.enqueue(record)) await producer.room();
  };
  return new Writable({
    objectMode: true,
    write(chunk, _encoding, done) {
      send(recordOf(chunk)).then(() => done(), done);
    },
    final(done) {
      producer.flush().then(() => done(), done);
    },
  });
}
