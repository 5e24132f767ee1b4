// Scenarios: texts that say what is asked of the groups and what comes of it. A person reads them; a test runs them.
//
//   # a comment
//   join group=g member=- protocols=range         a command: a word and its arguments
//     event  …                                     what was decided, one line each
//     reply  …
//     timer  …
//   after 3000                                     time passes; timers that are due come back as commands
//   restart                                        what the topic keeps is encoded, decoded and applied to an empty state
//   topic orders 3                                 a topic is there, or has another number of partitions
//   topic orders -                                 it is gone
//   topic orders 3 new-                            another of its name is there
//   set groupMaxSize=2                             a setting
//
// With UPDATE_SCENARIOS=1 the outcome is written into the file instead: read what changed.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { type Bench, scenarioBench, type Vocabulary } from "./scenario-bench.js";

/** One test for each .txt file of the directory. */
export function describeScenarios(directory: URL, vocabulary: Vocabulary): void {
  for (const name of readdirSync(directory).filter((file) => file.endsWith(".txt"))) {
    const file = new URL(name, directory);
    it(`${name.replace(/\.txt$/, "").replaceAll("-", " ")}`, () => {
      const written = readFileSync(file, "utf8");
      const outcome = run(written, scenarioBench(vocabulary));
      if (process.env.UPDATE_SCENARIOS) writeFileSync(file, outcome);
      else expect(outcome).toBe(written);
    });
  }
}

function run(text: string, bench: Bench): string {
  const lines: string[] = [];
  for (const line of text.split("\n")) {
    if (line.startsWith("  ")) continue;
    lines.push(line);
    if (line === "" || line.startsWith("#")) continue;
    lines.push(...bench.run(line).map((outcome) => `  ${outcome}`));
  }
  return lines.join("\n");
}
