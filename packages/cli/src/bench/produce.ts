// Records sent as fast as they are taken.
import type { ProducerOptions } from "@moldau/client";
import { systemClock, systemRandom } from "@moldau/env";
import { type ClientFlags, wholeNumber } from "../client/flags.js";
import { withClient } from "../client/with-client.js";
import type { CommandIo } from "../io.js";
import { countLine } from "../produce/count-line.js";
import { senderOver, topicIsThere } from "../produce/sender.js";
import { tellThroughput } from "./figures.js";

export interface BenchProduceFlags extends ClientFlags {
  readonly records: string;
  readonly size: string;
  readonly compression?: NonNullable<ProducerOptions["compression"]>;
  readonly acks: "all" | "1" | "0";
  readonly linger: string;
}

const ACKS = { all: "all", 1: 1, 0: 0 } as const;
/** So many different values: codecs and caches shall not meet the same one again soon. */
const VALUES = 1_000;

export async function benchProduce(io: CommandIo, topic: string, flags: BenchProduceFlags): Promise<void> {
  const records = wholeNumber(flags.records, "--records", 1);
  const sizeBytes = wholeNumber(flags.size, "--size");
  const lingerMs = wholeNumber(flags.linger, "--linger");
  const { compression = "none" } = flags;
  await withClient(io, flags, async (client) => {
    const signal = io.interruption();
    await topicIsThere(client, topic);
    const producer = client.producer({ acks: ACKS[flags.acks], lingerMs, compression });
    const sender = senderOver(producer);
    const line = countLine(io, sender);
    const values = Array.from({ length: VALUES }, () => systemRandom.bytes(sizeBytes));
    const startedMs = systemClock.monotonicMs();
    for (let at = 0; at < records && !sender.failure && !signal.aborted; at++) {
      const full = sender.send({ topic, value: values[at % VALUES] ?? null });
      if (full) await full;
      if (at % VALUES === 0) line.update();
    }
    await sender.drained();
    line.clear();
    if (sender.failure) throw sender.failure;
    const seconds = (systemClock.monotonicMs() - startedMs) / 1000;
    await tellThroughput(io, { records: sender.taken, bytes: sender.takenBytes, seconds }, flags.json ?? false);
  });
}
