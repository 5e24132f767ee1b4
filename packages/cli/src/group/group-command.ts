// `moldau group`: groups listed, described with their lag, moved, deleted.
import { Command } from "commander";
import { collect, JSON_FLAG, withClientFlags } from "../client/flags.js";
import { PLACES } from "../client/place.js";
import type { CommandIo } from "../io.js";
import { type DeleteFlags, type DeleteOffsetsFlags, deleteOffsets, remove } from "./delete.js";
import { type DescribeFlags, describe } from "./describe.js";
import { type ListFlags, list } from "./list.js";
import { type ResetFlags, resetOffsets } from "./reset-offsets.js";

export function groupCommand(io: CommandIo): Command {
  const group = new Command("group").helpOption("-h, --help", "print help").addHelpText("after", EXAMPLES);
  const add = (name: string, description: string) => withClientFlags(group.command(name).description(description));
  add("list", "the groups there are")
    .option("--state <state>", "only in this state: Stable, Empty, …; may be repeated", collect)
    .option("--type <type>", "only of this type: classic, consumer, share, streams; may be repeated", collect)
    .option(...JSON_FLAG)
    .action((flags: ListFlags) => list(io, flags));
  add("describe", "how far a group has read, how much is left, and who reads what")
    .argument("<groups...>", "their names")
    .option("--members", "members, and what they have")
    .option(...JSON_FLAG)
    .action((names: readonly string[], flags: DescribeFlags) => describe(io, names, flags));
  add("reset-offsets", "move a group without members; says only what would change unless --execute is given")
    .argument("<group>", "its name")
    .option("-t, --topic <topic>", "a topic, or TOPIC:PARTITION,…; may be repeated", collect)
    .option("--all-topics", "all topics that the group has offsets of")
    .option("--to <place>", PLACES)
    .option("--shift-by <n>", "as many records forward, or back if negative")
    .option("--execute", "do it")
    .option(...JSON_FLAG)
    .action((name: string, flags: ResetFlags) => resetOffsets(io, name, flags));
  add("delete-offsets", "forget how far a group has read")
    .argument("<group>", "its name")
    .requiredOption("-t, --topic <topic>", "a topic, or TOPIC:PARTITION,…; may be repeated", collect)
    .action((name: string, flags: DeleteOffsetsFlags) => deleteOffsets(io, name, flags));
  add("delete", "delete groups without members, and their offsets")
    .argument("<groups...>", "their names")
    .action((names: readonly string[], flags: DeleteFlags) => remove(io, names, flags));
  return group;
}

const EXAMPLES = `
Examples:
  moldau group list --state Stable
  moldau group describe readers
  moldau group reset-offsets readers --topic orders --to 2h
  moldau group reset-offsets readers --all-topics --to beginning --execute
  moldau group reset-offsets readers --topic orders:0 --shift-by -10 --execute
  moldau group delete readers
`;
