// Records read from the beginning as fast as they come.
import { systemClock } from "@moldau/env";
import { type ClientFlags, wholeNumber } from "../client/flags.js";
import { withClient } from "../client/with-client.js";
import { spansOf } from "../consume/span.js";
import { watchOver } from "../consume/watch.js";
import type { CommandIo } from "../io.js";
import { tellThroughput } from "./figures.js";

export interface BenchConsumeFlags extends ClientFlags {
  readonly records?: string;
}

export async function benchConsume(io: CommandIo, topic: string, flags: BenchConsumeFlags): Promise<void> {
  const max = flags.records === undefined ? Number.POSITIVE_INFINITY : wholeNumber(flags.records, "--records", 1);
  await withClient(io, flags, async (client) => {
    const all = await spansOf(client.admin(), [{ topic, partitions: undefined }], { kind: "earliest" }, "read_committed");
    const spans = all.filter(({ start, end }) => start < end);
    let records = 0;
    let bytes = 0;
    const startedMs = systemClock.monotonicMs();
    let lastMs = startedMs;
    if (spans.length > 0) {
      const assign = spans.map(({ topic, partition, start }) => ({ topic, partition, offset: start }));
      await using consumer = client.consumer({ assign, signal: io.interruption() });
      const watch = watchOver(client, consumer, { toEnd: spans, idleMs: undefined });
      for await (const batch of consumer.batches()) {
        for (const { key, value } of batch.records) {
          records++;
          bytes += (key?.length ?? 0) + (value?.length ?? 0);
        }
        lastMs = systemClock.monotonicMs();
        if (records >= max) break;
      }
      watch.stop();
    }
    await tellThroughput(io, { records, bytes, seconds: (lastMs - startedMs) / 1000 }, flags.json ?? false);
  });
}
