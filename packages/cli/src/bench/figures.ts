// What was measured: rates and percentiles, as text or as JSON.
import type { CommandIo } from "../io.js";
import { jsonLine, table } from "../text.js";

export interface Throughput {
  readonly records: number;
  readonly bytes: number;
  readonly seconds: number;
}

export async function tellThroughput(io: CommandIo, { records, bytes, seconds }: Throughput, json: boolean): Promise<void> {
  const perSecond = seconds === 0 ? 0 : 1 / seconds;
  const figures = { records, bytes, seconds, recordsPerSecond: records * perSecond, megabytesPerSecond: (bytes * perSecond) / 1e6 };
  if (json) return io.write(jsonLine(figures));
  const row = [records, seconds.toFixed(2), Math.round(figures.recordsPerSecond), figures.megabytesPerSecond.toFixed(1)];
  return io.write(table(["RECORDS", "SECONDS", "RECORDS/S", "MB/S"], [row.map(Number)]));
}

const SHARES = { p50: 0.5, p90: 0.9, p99: 0.99, "p99.9": 0.999, max: 1 } as const;

/** In milliseconds, to the microsecond. Sorts what it is given. */
export function percentiles(samplesMs: Float64Array): Readonly<Record<keyof typeof SHARES, number>> {
  samplesMs.sort();
  const at = (share: number) => Math.round((samplesMs[Math.max(0, Math.ceil(samplesMs.length * share) - 1)] ?? 0) * 1000) / 1000;
  return { p50: at(SHARES.p50), p90: at(SHARES.p90), p99: at(SHARES.p99), "p99.9": at(SHARES["p99.9"]), max: at(SHARES.max) };
}
