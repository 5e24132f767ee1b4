// `moldau topic`: topics created, looked at, changed, deleted.
import { Command } from "commander";
import { collect, JSON_FLAG, withClientFlags } from "../client/flags.js";
import type { CommandIo } from "../io.js";
import { type AlterFlags, alter, type CreateFlags, create, type DeleteFlags, remove, type TrimFlags, trim } from "./change.js";
import { type DescribeFlags, describe, type ListFlags, list } from "./look.js";

export function topicCommand(io: CommandIo): Command {
  const topic = new Command("topic").helpOption("-h, --help", "print help").addHelpText("after", EXAMPLES);
  const add = (name: string, description: string) => withClientFlags(topic.command(name).description(description));
  add("create", "create topics")
    .argument("<topics...>", "their names")
    .option("-p, --partitions <n>", "how many partitions (default: the broker's num.partitions)")
    .option("--replication-factor <n>", "how many replicas (default: the broker's)")
    .option("-c, --config <name=value>", "a configuration, e.g. retention.ms=60000; may be repeated", collect)
    .option("--if-not-exists", "leave topics that exist as they are")
    .option("--validate-only", "only say whether they could be created")
    .action((names: readonly string[], flags: CreateFlags) => create(io, names, flags));
  add("list", "the topics there are")
    .option("--internal", "the cluster's own too")
    .option(...JSON_FLAG)
    .action((flags: ListFlags) => list(io, flags));
  add("describe", "partitions, leaders, offsets, and what is configured")
    .argument("<topics...>", "their names")
    .option(...JSON_FLAG)
    .action((names: readonly string[], flags: DescribeFlags) => describe(io, names, flags));
  add("alter", "add partitions (keys may fall on others from then on); configurations: moldau config")
    .argument("<topics...>", "their names")
    .requiredOption("-p, --partitions <n>", "how many there shall be in all")
    .option("--validate-only", "only say whether it could be done")
    .action((names: readonly string[], flags: AlterFlags) => alter(io, names, flags));
  add("trim", "delete records from the beginning of partitions")
    .argument("<topic>", "a topic, or TOPIC:PARTITION,…")
    .requiredOption("--before <offset>", 'the first offset that stays, or "end": all goes')
    .action((name: string, flags: TrimFlags) => trim(io, name, flags));
  add("delete", "delete topics with all their records")
    .argument("<topics...>", "their names")
    .option("--if-exists", "say nothing of topics that don't exist")
    .action((names: readonly string[], flags: DeleteFlags) => remove(io, names, flags));
  return topic;
}

const EXAMPLES = `
Examples:
  moldau topic create orders --partitions 3 --config retention.ms=86400000
  moldau topic list --json
  moldau topic describe orders
  moldau topic alter orders --partitions 6
  moldau topic trim orders:0 --before 1000
  moldau topic delete orders --bootstrap kafka-1:9092
`;
