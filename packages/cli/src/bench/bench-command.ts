// `moldau bench`: how fast a cluster takes records, gives them, and answers.
import { Command, Option } from "commander";
import { JSON_FLAG, withClientFlags } from "../client/flags.js";
import type { CommandIo } from "../io.js";
import { type BenchConsumeFlags, benchConsume } from "./consume.js";
import { type LatencyFlags, latency } from "./latency.js";
import { type BenchProduceFlags, benchProduce } from "./produce.js";

export function benchCommand(io: CommandIo): Command {
  const bench = new Command("bench").helpOption("-h, --help", "print help").addHelpText("after", NOTES);
  const add = (name: string, description: string) =>
    withClientFlags(bench.command(name).description(description))
      .argument("<topic>", "a topic that is there")
      .option(...JSON_FLAG);
  add("produce", "records sent as fast as they are taken")
    .option("--records <n>", "how many", "1000000")
    .option("--size <bytes>", "of each value", "100")
    .addOption(new Option("-z, --compression <codec>", "how batches are packed").choices(["none", "gzip", "snappy", "lz4", "zstd"]))
    .addOption(new Option("--acks <acks>", "when a record counts as sent").choices(["all", "1", "0"]).default("all"))
    .option("--linger <ms>", "how long a batch waits for more records", "5")
    .action((topic: string, flags: BenchProduceFlags) => benchProduce(io, topic, flags));
  add("consume", "records read from the beginning as fast as they come")
    .option("--records <n>", "as many at most (default: all there are)")
    .action((topic: string, flags: BenchConsumeFlags) => benchConsume(io, topic, flags));
  add("latency", "records sent one by one: how long until each is acknowledged, and until it is read")
    .option("--rate <n>", "records a second", "1000")
    .option("--seconds <n>", "for how long", "10")
    .option("--size <bytes>", "of each value", "100")
    .action((topic: string, flags: LatencyFlags) => latency(io, topic, flags));
  return bench;
}

const NOTES = `
Records hold random bytes: they don't get smaller by compression, as real ones do. What is written stays in the topic.

Examples:
  moldau topic create bench --partitions 3
  moldau bench produce bench --records 5000000 --size 1024
  moldau bench consume bench
  moldau bench latency bench --rate 1000 --seconds 30 --json
`;
