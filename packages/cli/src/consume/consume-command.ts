// `moldau consume`: records printed, those there are and those that come.
import { Command, Option } from "commander";
import { withClientFlags } from "../client/flags.js";
import { PLACES } from "../client/place.js";
import type { CommandIo } from "../io.js";
import { type ConsumeFlags, consume } from "./consume.js";

export function consumeCommand(io: CommandIo): Command {
  return withClientFlags(new Command("consume"))
    .argument("<topics...>", "TOPIC, or TOPIC:PARTITION,…")
    .option("--from <place>", `${PLACES} (default: end)`)
    .option("--tail <n>", "the last n offsets of each partition, and what comes after")
    .option("-e, --exit", "stop at the end as it is now, instead of waiting for more")
    .option("-n, --max <n>", "stop after as many records")
    .option("--idle <seconds>", "stop when nothing has come for as long")
    .option("-g, --group <name>", "as a member of this group, which remembers how far it has read; --from is where it begins")
    .addOption(new Option("-f, --format <format>", "what to print of a record").choices(["value", "json", "hex"]).default("value"))
    .option("--json", "the same as --format json: what produce --json reads")
    .option("-K, --key-separator <text>", "print KEY, this, VALUE")
    .option("-D, --delimiter <text>", "what comes after each record", "\\n")
    .option("--key <text>", "only records with this key")
    .option("--match <regex>", "only records whose value matches")
    .option("--uncommitted", "records of open and aborted transactions too")
    .action((topics: readonly string[], flags: ConsumeFlags) => consume(io, topics, flags))
    .addHelpText("after", EXAMPLES);
}

const EXAMPLES = `
Examples:
  moldau consume orders --from beginning
  moldau consume orders --from 15m --key customer-7 -K ': '
  moldau consume orders:0 --from 1234 --max 1 --format hex
  moldau consume orders --tail 10 --exit --json | jq .value
  moldau consume orders payments --group auditors --from beginning

Ctrl-C stops it, and so does the end of what reads its output (| head); a group has then committed what was printed.
Exit codes: 0 stopped as asked, 1 it could not go on, 2 called wrongly.
`;
