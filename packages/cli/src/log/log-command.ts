// `moldau log`: what is in the logs on this disk, whether they are whole, and where they are broken. It reads files, asks no broker, and
// changes nothing.
import { Command } from "commander";
import type { CommandIo } from "../io.js";
import { type DumpFlags, dump } from "./dump.js";
import { type InspectFlags, inspect } from "./inspect.js";
import { type VerifyFlags, verify } from "./verify.js";

const PATHS = "a data directory, or files: a journal's (.ring), segments (.seg), Kafka's (.log)";
const JSON_FLAG = ["--json", "print one JSON object per line (fields: docs/LOG-TOOLS.md)"] as const;

export function logCommand(io: CommandIo): Command {
  const log = new Command("log").helpOption("-h, --help", "print help").addHelpText("after", NOTES);
  log
    .command("inspect")
    .description("what is there: topics, journal, segments")
    .argument("[paths...]", PATHS, ["./data"])
    .option("--topic <name>", "one topic, with its partitions and where their bytes are")
    .option("--files", "every file of the journal, and every segment")
    .option(...JSON_FLAG)
    .action((paths: readonly string[], flags: InspectFlags) => inspect(io, paths, flags));
  log
    .command("verify")
    .description("every byte against its checksums; exit code 3 when something is damaged")
    .argument("[paths...]", PATHS, ["./data"])
    .option(...JSON_FLAG)
    .action((paths: readonly string[], flags: VerifyFlags) => verify(io, paths, flags));
  log
    .command("dump")
    .description("batches and records, as they are stored")
    .argument("[paths...]", PATHS, ["./data"])
    .option("--topic <name>", "only this topic, of a data directory")
    .option("--partition <n>", "only this partition")
    .option("--offset <range>", "only these offsets: 100 (and all after it), 100..199, ..199")
    .option("--max <n>", "stop after that many batches, or records with --records")
    .option("--records", "records too: keys, values and headers; internal topics are decoded")
    .option(...JSON_FLAG)
    .action((paths: readonly string[], flags: DumpFlags) => dump(io, paths, flags));
  return log;
}

const NOTES = `
Nothing is changed, and a broker may be running on the directory. What to do when something is damaged: docs/LOG-TOOLS.md.

Examples:
  moldau log inspect /var/lib/moldau
  moldau log verify /var/lib/moldau
  moldau log dump --topic orders --partition 3 --offset 100..199 --records
  moldau log dump --topic __consumer_offsets --records --json
  moldau log verify /var/lib/kafka/orders-0/*.log
`;
