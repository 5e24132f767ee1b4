// What is read, as records: a line each, a JSON object each, or a file each.
import type { ProducerRecord } from "@moldau/client";
import { nameAndValue, wholeNumber } from "../client/flags.js";
import { NoRecord, recordOf } from "../client/json-record.js";
import { CommandFailed, UsageError } from "../exit.js";
import { linesOf } from "./lines.js";

export interface RecordFlags {
  readonly json?: true;
  readonly file?: true;
  readonly key?: string;
  readonly keySeparator?: string;
  readonly header?: readonly string[];
  readonly partition?: string;
  readonly keepPartitions?: true;
  readonly emptyIsNull?: true;
}

/** Something to read, and what to call it in a mistake. */
export interface Source {
  readonly name: string;
  readonly pieces: AsyncIterable<Uint8Array>;
}

/** Those of each piece that is read, parsed one by one. */
export type RecordsOf = (source: Source) => AsyncIterable<Iterable<ProducerRecord>>;

/** Throws UsageError. */
export function recordsFor(topic: string, flags: RecordFlags): RecordsOf {
  const { json, file, key, keySeparator, emptyIsNull } = flags;
  if (json && file) throw new UsageError("Either --json or --file.");
  if (key !== undefined && keySeparator !== undefined) throw new UsageError("Either --key or --key-separator.");
  if (keySeparator === "") throw new UsageError("--key-separator must not be empty.");
  const headers = flags.header?.map((text) => nameAndValue(text, "--header"));
  const partition = flags.partition === undefined ? undefined : wholeNumber(flags.partition, "--partition");
  const common = { topic, ...(headers && { headers }), ...(partition !== undefined && { partition }) };
  const separator = keySeparator === undefined ? undefined : Buffer.from(keySeparator);

  /** Most records have nothing in common but the topic; those are made in half the time. */
  const isPlain = !headers && partition === undefined;
  const recordWith = (key: string | Uint8Array | null, value: Uint8Array | null): ProducerRecord =>
    isPlain ? { topic, key, value } : { ...common, key, value };
  const fromLine = (line: Uint8Array, place: () => string): ProducerRecord => {
    if (!separator) return recordWith(key ?? null, dataOf(line));
    const at = Buffer.from(line.buffer, line.byteOffset, line.length).indexOf(separator);
    if (at < 0) throw new CommandFailed(`${place()} has no "${keySeparator}" between key and value.`);
    return recordWith(line.subarray(0, at), dataOf(line.subarray(at + separator.length)));
  };
  const dataOf = (bytes: Uint8Array): Uint8Array | null => (emptyIsNull && bytes.length === 0 ? null : bytes);
  const fromJson = (line: Uint8Array, place: () => string): ProducerRecord => {
    try {
      const record = recordOf(line, topic, flags.keepPartitions ?? false);
      return { ...record, ...common, key: key ?? record.key ?? null, headers: [...pairs(record), ...(headers ?? [])] };
    } catch (error) {
      if (!(error instanceof NoRecord)) throw error;
      throw new CommandFailed(`${place()} is no record: ${error.message}.`, { cause: error });
    }
  };
  const parse = json ? fromJson : fromLine;

  return async function* ({ name, pieces }) {
    if (file) {
      yield [recordWith(key ?? null, dataOf(await whole(pieces)))];
      return;
    }
    let before = 0;
    for await (const lines of linesOf(pieces)) {
      yield eachOf(lines, before, name);
      before += lines.length;
    }
  };

  function* eachOf(lines: readonly Uint8Array[], before: number, name: string): Generator<ProducerRecord> {
    for (const [at, line] of lines.entries()) {
      if (!json || line.length > 0) yield parse(line, () => `line ${before + at + 1} of ${name}`);
    }
  }
}

/** recordOf gives them as pairs. */
const pairs = ({ headers = [] }: ProducerRecord): readonly (readonly [string, string | Uint8Array | null])[] =>
  Symbol.iterator in headers ? headers : Object.entries(headers);

async function whole(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}
