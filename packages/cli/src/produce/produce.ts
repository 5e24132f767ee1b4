// Reads, sends, tells how far it has come, and stops in good order.
import { createReadStream } from "node:fs";
import { resolve } from "node:path";
import type { Client, ProducerOptions } from "@moldau/client";
import { systemClock } from "@moldau/env";
import { adviceOf } from "../client/advice.js";
import { type ClientFlags, wholeNumber } from "../client/flags.js";
import { withClient } from "../client/with-client.js";
import { CommandFailed } from "../exit.js";
import type { CommandIo } from "../io.js";
import { bytesText, countText } from "../text.js";
import { countLine } from "./count-line.js";
import { type RecordFlags, type RecordsOf, recordsFor, type Source } from "./records.js";
import { type Sender, senderOver, topicIsThere } from "./sender.js";

export interface ProduceFlags extends Omit<ClientFlags, "json">, RecordFlags {
  readonly compression?: NonNullable<ProducerOptions["compression"]>;
  readonly acks: "all" | "1" | "0";
  readonly linger: string;
  readonly rate?: string;
}

const ACKS = { all: "all", 1: 1, 0: 0 } as const;

export async function produce(io: CommandIo, topic: string, files: readonly string[], flags: ProduceFlags): Promise<void> {
  const recordsOf = recordsFor(topic, flags);
  const perSecond = flags.rate === undefined ? undefined : wholeNumber(flags.rate, "--rate", 1);
  const lingerMs = wholeNumber(flags.linger, "--linger");
  const { compression = "none" } = flags;
  await withClient(io, flags, async (client) => {
    const signal = io.interruption();
    await topicIsThere(client, topic);
    const producer = client.producer({
      acks: ACKS[flags.acks],
      lingerMs,
      compression,
      deliveryTimeoutMs: client.cluster.settings.requestTimeoutMs,
    });
    const sender = senderOver(producer);
    const line = countLine(io, sender);
    try {
      for (const source of sourcesOf(io, files)) {
        await sendAll(client, source, recordsOf, sender, { perSecond, signal, line });
        if (sender.failure || signal.aborted) break;
      }
    } finally {
      await sender.drained();
      line.clear();
    }
    conclude(io, sender, flags.bootstrap, signal.aborted);
  });
}

function sourcesOf(io: CommandIo, files: readonly string[]): readonly Source[] {
  if (files.length > 0)
    return files.map((name) => ({ name, pieces: readable(name, createReadStream(resolve(io.currentDirectory, name))) }));
  if (io.inputIsTerminal) io.error("Each line becomes a record. Ctrl-D ends.\n");
  return [{ name: "standard input", pieces: io.input() }];
}

async function* readable(name: string, pieces: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  try {
    yield* pieces;
  } catch (error) {
    throw new CommandFailed(`${name} cannot be read: ${error instanceof Error ? error.message : String(error)}.`, { cause: error });
  }
}

interface Pace {
  readonly perSecond: number | undefined;
  readonly signal: AbortSignal;
  readonly line: { update(): void };
}

async function sendAll({ cluster }: Client, source: Source, recordsOf: RecordsOf, sender: Sender, { perSecond, signal, line }: Pace) {
  const startedMs = systemClock.monotonicMs();
  let given = 0;
  for await (const records of recordsOf({ ...source, pieces: untilAborted(source.pieces, signal) })) {
    for (const record of records) {
      const full = sender.send(record);
      if (full) await full;
      if (sender.failure || signal.aborted) return;
      if (perSecond === undefined) continue;
      line.update();
      const aheadMs = (++given * 1000) / perSecond - (systemClock.monotonicMs() - startedMs);
      if (aheadMs >= 1) await cluster.pause(aheadMs, signal).catch(() => {});
    }
    line.update();
  }
}

/** Ends when the signal fires, also while nothing comes. */
async function* untilAborted(pieces: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncIterable<Uint8Array> {
  const iterator = pieces[Symbol.asyncIterator]();
  while (!signal.aborted) {
    const result = await new Promise<IteratorResult<Uint8Array> | undefined>((resolve, reject) => {
      const aborted = () => resolve(undefined);
      signal.addEventListener("abort", aborted, { once: true });
      iterator
        .next()
        .then(resolve, reject)
        .finally(() => signal.removeEventListener("abort", aborted));
    });
    if (!result || result.done) return;
    yield result.value;
  }
}

function conclude(io: CommandIo, { taken, takenBytes, failure }: Sender, bootstrap: string, wasInterrupted: boolean): void {
  const summary = `${countText(taken, "record")} (${bytesText(takenBytes)})`;
  if (failure) throw new CommandFailed(`${adviceOf(failure, bootstrap)}\nOf ${summary} not all were sent.`, { cause: failure });
  if (wasInterrupted) throw new CommandFailed(`Interrupted after ${summary}: they were sent, the rest was not read.`);
  if (io.errorIsTerminal) io.error(`Sent ${summary}.\n`);
}
