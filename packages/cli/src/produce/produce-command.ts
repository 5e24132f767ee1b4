// `moldau produce`: lines, JSON or whole files become records.
import { Command, Option } from "commander";
import { collect, withClientFlags } from "../client/flags.js";
import type { CommandIo } from "../io.js";
import { type ProduceFlags, produce } from "./produce.js";

export function produceCommand(io: CommandIo): Command {
  return withClientFlags(new Command("produce"))
    .argument("<topic>", "where the records go")
    .argument("[files...]", "what to read; standard input if there are none")
    .option("--json", "each line is a JSON object with key, value, headers, timestamp, as consume --json prints them")
    .option("--file", "each file, or standard input, is one record")
    .option("-k, --key <text>", "the key of all records")
    .option("-K, --key-separator <text>", "lines are KEY, this, VALUE")
    .option("-H, --header <name=value>", "a header of all records; may be repeated", collect)
    .option("-p, --partition <n>", "the partition of all records (default: by key)")
    .option("--keep-partitions", "with --json: the partition that each line names")
    .option("--empty-is-null", "an empty value is no value: it deletes the key where the topic is compacted")
    .addOption(new Option("-z, --compression <codec>", "how batches are packed").choices(["none", "gzip", "snappy", "lz4", "zstd"]))
    .addOption(new Option("--acks <acks>", "when a record counts as sent").choices(["all", "1", "0"]).default("all"))
    .option("--linger <ms>", "how long a batch waits for more records", "5")
    .option("--rate <n>", "as many records a second at most")
    .action((topic: string, files: readonly string[], flags: ProduceFlags) => produce(io, topic, files, flags))
    .addHelpText("after", EXAMPLES);
}

const EXAMPLES = `
Examples:
  echo "hello, Moldau" | moldau produce first
  moldau produce orders < lines.txt
  moldau produce orders -K : --compression zstd lines-*.txt
  echo '{"key":"a","value":{"id":7},"headers":{"trace":"1"}}' | moldau produce orders --json
  moldau produce images --file --key portrait portrait.png
  moldau consume orders --json --exit --from beginning | moldau produce copy --json --bootstrap other:9092

Exit codes: 0 all records were sent, 1 some were not, or it was interrupted, 2 called wrongly.
`;
