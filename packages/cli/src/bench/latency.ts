// Records sent one by one at a steady rate: how long until each is acknowledged, and until it has been read.
import type { Client } from "@moldau/client";
import { systemClock, systemRandom } from "@moldau/env";
import { type ClientFlags, wholeNumber } from "../client/flags.js";
import { withClient } from "../client/with-client.js";
import { spansOf } from "../consume/span.js";
import { CommandFailed } from "../exit.js";
import type { CommandIo } from "../io.js";
import { jsonLine, table } from "../text.js";
import { percentiles } from "./figures.js";

export interface LatencyFlags extends ClientFlags {
  readonly rate: string;
  readonly seconds: string;
  readonly size: string;
}

/** A value begins with the number of its record. */
const NUMBER_BYTES = 4;

export async function latency(io: CommandIo, topic: string, flags: LatencyFlags): Promise<void> {
  const rate = wholeNumber(flags.rate, "--rate", 1);
  const seconds = wholeNumber(flags.seconds, "--seconds", 1);
  const sizeBytes = Math.max(NUMBER_BYTES, wholeNumber(flags.size, "--size"));
  await withClient(io, flags, async (client) => {
    const count = rate * seconds;
    const sentMs = new Float64Array(count);
    const reading = await beginReading(client, topic, sentMs);
    const acknowledged = await sendAll(client, topic, sentMs, { rate, sizeBytes, signal: io.interruption() });
    const rows = { acknowledged: percentiles(acknowledged), read: percentiles(await reading()) };
    if (flags.json) return io.write(jsonLine({ rate, seconds, sizeBytes, milliseconds: rows }));
    const cells = Object.entries(rows).map(([name, one]) => [name, ...Object.values(one)]);
    return io.write(table(["MILLISECONDS UNTIL", "P50", "P90", "P99", "P99.9", "MAX"], cells));
  });
}

/** Resolves once the consumer is there; what it resolves to, when all has been read. */
async function beginReading(client: Client, topic: string, sentMs: Float64Array): Promise<() => Promise<Float64Array>> {
  const spans = await spansOf(client.admin(), [{ topic, partitions: undefined }], { kind: "latest" }, "read_uncommitted");
  const assign = spans.map(({ topic, partition, start }) => ({ topic, partition, offset: start }));
  const consumer = client.consumer({ assign, isolation: "read_uncommitted" });
  const took = new Float64Array(sentMs.length);
  const read = (async () => {
    let left = took.length;
    for await (const { value } of consumer) {
      const number = value && value.length >= NUMBER_BYTES ? new DataView(value.buffer, value.byteOffset).getUint32(0) : took.length;
      if (number >= took.length) continue;
      took[number] = systemClock.monotonicMs() - (sentMs[number] ?? 0);
      if (--left === 0) break;
    }
    await consumer.close();
    return took;
  })();
  // Who asks for it is told what went wrong; until then nobody does.
  read.catch(() => {});
  return () => read;
}

interface Sending {
  readonly rate: number;
  readonly sizeBytes: number;
  readonly signal: AbortSignal;
}

async function sendAll(client: Client, topic: string, sentMs: Float64Array, { rate, sizeBytes, signal }: Sending): Promise<Float64Array> {
  const producer = client.producer();
  const took = new Float64Array(sentMs.length);
  const startMs = systemClock.monotonicMs();
  const sends: Promise<void>[] = [];
  for (let number = 0; number < took.length; number++) {
    const dueMs = startMs + (number * 1000) / rate;
    const waitMs = dueMs - systemClock.monotonicMs();
    if (waitMs > 0) await client.cluster.pause(waitMs);
    if (signal.aborted) throw new CommandFailed("Interrupted before enough was measured.");
    const value = systemRandom.bytes(sizeBytes);
    new DataView(value.buffer, value.byteOffset).setUint32(0, number);
    // From when it was due: what a stall holds up counts in full.
    sentMs[number] = dueMs;
    sends.push(
      producer.send({ topic, value }).then(() => {
        took[number] = systemClock.monotonicMs() - dueMs;
      }),
    );
  }
  await Promise.all(sends);
  return took;
}
