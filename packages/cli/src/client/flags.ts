// What all commands that ask a cluster have in common on the command line.
import { type Command, Option } from "commander";
import { UsageError } from "../exit.js";

export interface ClientFlags {
  readonly bootstrap: string;
  readonly tls?: true;
  readonly tlsCa?: string;
  /** In seconds. */
  readonly timeout: string;
  readonly json?: true;
}

/** Adds them to a command. */
export function withClientFlags(command: Command): Command {
  return command
    .helpOption("-h, --help", "print help")
    .addOption(
      new Option("-b, --bootstrap <HOST:PORT,…>", "brokers of the cluster: any that answers tells of the others")
        .env("MOLDAU_BOOTSTRAP")
        .default("127.0.0.1:9092"),
    )
    .option("--tls", "speak TLS, and trust the authorities that the system trusts")
    .option("--tls-ca <FILE>", "speak TLS, and trust the authorities in this file (PEM)")
    .option("--timeout <SECONDS>", "how long to go on trying", "30");
}

/** The flag of commands that answer with data. */
export const JSON_FLAG = ["--json", "print one JSON object per line"] as const;

/** For flags that may be given several times. */
export const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** Throws UsageError. */
export function wholeNumber(text: string, flag: string, least = 0): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < least || !Number.isSafeInteger(number)) {
    throw new UsageError(`${flag} must be a whole number from ${least}, and "${text}" is not.`);
  }
  return number;
}

/** "name=value" as a pair. Throws UsageError. */
export function nameAndValue(text: string, flag: string): readonly [name: string, value: string] {
  const at = text.indexOf("=");
  if (at < 1) throw new UsageError(`${flag} must be NAME=VALUE, and "${text}" is not.`);
  return [text.slice(0, at), text.slice(at + 1)];
}

export interface TopicAndPartitions {
  readonly topic: string;
  /** Undefined: all. */
  readonly partitions: readonly number[] | undefined;
}

/** "orders" or "orders:0,2". Throws UsageError. */
export function topicAndPartitions(text: string, flag: string): TopicAndPartitions {
  const [topic = "", list, ...more] = text.split(":");
  if (topic === "" || more.length > 0) throw new UsageError(`${flag} must be TOPIC or TOPIC:PARTITION,…, and "${text}" is not.`);
  return { topic, partitions: list?.split(",").map((partition) => wholeNumber(partition, `the partitions of ${flag}`)) };
}
