// `moldau transaction`: transactions listed and described, and those that hang found and ended.
import { Command } from "commander";
import { collect, JSON_FLAG, withClientFlags } from "../client/flags.js";
import type { CommandIo } from "../io.js";
import { type AbortFlags, abort, type FenceFlags, fence } from "./end.js";
import { type HangingFlags, hanging } from "./hanging.js";
import { type DescribeFlags, describe, type ListFlags, list } from "./look.js";

export function transactionCommand(io: CommandIo): Command {
  const transaction = new Command("transaction").helpOption("-h, --help", "print help").addHelpText("after", NOTES);
  const add = (name: string, description: string) => withClientFlags(transaction.command(name).description(description));
  add("list", "the transactional ids there are, and what they are doing")
    .option("--state <state>", "only in this state: Ongoing, Empty, …; may be repeated", collect)
    .option("--open-for <duration>", "only those that have been open for longer: 30s, 15m, 2h")
    .option(...JSON_FLAG)
    .action((flags: ListFlags) => list(io, flags));
  add("describe", "who writes a transaction, since when, and where")
    .argument("<ids...>", "transactional ids")
    .option(...JSON_FLAG)
    .action((ids: readonly string[], flags: DescribeFlags) => describe(io, ids, flags));
  add("hanging", "transactions that are open in a partition, but not for their coordinator")
    .option("--open-for <duration>", "only those that nothing was written to for longer", "15m")
    .option("-t, --topic <topic>", "only in this topic, or TOPIC:PARTITION,…; may be repeated", collect)
    .option(...JSON_FLAG)
    .action((flags: HangingFlags) => hanging(io, flags));
  add("abort", "end a hanging transaction in one partition")
    .requiredOption("-t, --topic <topic>", "the topic")
    .requiredOption("-p, --partition <n>", "the partition")
    .requiredOption("--start-offset <offset>", "where the transaction begins")
    .action((flags: AbortFlags) => abort(io, flags));
  add("fence", "abort what a transactional id has open; its producer is shut out")
    .argument("<ids...>", "transactional ids")
    .action((ids: readonly string[], flags: FenceFlags) => fence(io, ids, flags));
  return transaction;
}

const NOTES = `
An open transaction keeps readers of committed records from all that follows it. Its producer ends it, or its coordinator after its
time-out; one that hangs nobody ends but "abort".

Examples:
  moldau transaction list --state Ongoing --open-for 15m
  moldau transaction describe payments
  moldau transaction hanging
  moldau transaction abort --topic orders --partition 0 --start-offset 1234
`;
