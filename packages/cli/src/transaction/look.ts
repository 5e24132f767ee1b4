// Transactions listed and described.
import { systemClock } from "@moldau/env";
import type { ClientFlags } from "../client/flags.js";
import { valuesOf } from "../client/outcomes.js";
import { durationMs } from "../client/place.js";
import { withClient } from "../client/with-client.js";
import { UsageError } from "../exit.js";
import type { CommandIo } from "../io.js";
import { jsonLine, table, timeText } from "../text.js";

export interface ListFlags extends ClientFlags {
  readonly state?: readonly string[];
  readonly openFor?: string;
}

export async function list(io: CommandIo, flags: ListFlags): Promise<void> {
  const openForMs = flags.openFor === undefined ? undefined : openFor(flags.openFor);
  await withClient(io, flags, async (client) => {
    const states = flags.state ?? [];
    const transactions = await client.admin().transactions.list({ states, ...(openForMs !== undefined && { openForMs }) });
    if (flags.json) {
      for (const transaction of transactions) await io.write(jsonLine(transaction));
      return;
    }
    if (transactions.length === 0) return io.error("There are no such transactions.\n");
    const rows = transactions.map(({ transactionalId, producerId, state }) => [transactionalId, producerId, state]);
    await io.write(table(["TRANSACTIONAL ID", "PRODUCER ID", "STATE"], rows));
  });
}

export type DescribeFlags = ClientFlags;

export async function describe(io: CommandIo, ids: readonly string[], flags: DescribeFlags): Promise<void> {
  await withClient(io, flags, async (client) => {
    const outcomes = await client.admin().transactions.describe(ids).outcomes();
    const transactions = valuesOf(io, outcomes, flags.bootstrap, (id) => id);
    if (flags.json) {
      for (const transaction of transactions) await io.write(jsonLine(transaction));
      return;
    }
    if (transactions.length === 0) return;
    const rows = transactions.map(({ transactionalId, state, producerId, producerEpoch, startedMs, timeoutMs, partitions }) => [
      transactionalId,
      state,
      producerId,
      producerEpoch,
      startedMs === undefined ? "-" : `${timeText(startedMs)} (${Math.round((systemClock.now() - startedMs) / 1000)} s ago)`,
      `${timeoutMs / 1000} s`,
      partitions.map(({ topic, partition }) => `${topic}-${partition}`).join(" ") || "-",
    ]);
    await io.write(table(["TRANSACTIONAL ID", "STATE", "PRODUCER ID", "EPOCH", "OPEN SINCE", "TIME-OUT", "PARTITIONS"], rows));
  });
}

/** Throws UsageError. */
export function openFor(text: string): number {
  const ms = durationMs(text);
  if (ms === undefined) throw new UsageError(`--open-for must be a duration (30s, 15m, 2h), and "${text}" is not.`);
  return ms;
}
